use super::*;
use crate::reply::example;
use jiff::civil::date;
use proptest::prelude::*;

fn request() -> Request {
    Request {
        agency: Agency::SocialSecurity,
        source: Source::Phone,
        first: BillingMonth::parse("2026-05").unwrap(),
        history: Vec::new(),
    }
}

fn after(events: &[WithholdEvent]) -> State {
    events
        .iter()
        .fold(request(), |r, e| r.on(date(2026, 3, 1), *e).unwrap())
        .state()
}

#[test]
fn a_request_goes_its_way_and_ends_on_the_invoice() {
    for (events, state, member) in [
        (vec![], S::Received, Member::PaysInvoiceMeanwhile),
        (vec![E::Sent], S::Sent, Member::PaysInvoiceMeanwhile),
        (
            vec![E::Sent, E::PassedOn],
            S::AtAgency,
            Member::PaysInvoiceMeanwhile,
        ),
        (
            vec![E::Sent, E::PassedOn, E::Accepted],
            S::PendingStart,
            Member::PaysInvoiceMeanwhile,
        ),
        (
            vec![E::Sent, E::Accepted, E::DeductionSeen],
            S::Withholding,
            Member::PaysByDeduction,
        ),
        (vec![E::Sent, E::Rejected], S::Rejected, Member::PaysInvoice),
        (
            vec![E::Sent, E::Accepted, E::ChangedToDirect],
            S::Rejected,
            Member::PaysInvoice,
        ),
        (
            vec![E::Sent, E::Accepted, E::DeductionSeen, E::StopAsked],
            S::Stopping,
            Member::PaysByDeduction,
        ),
        (
            vec![
                E::Sent,
                E::Accepted,
                E::DeductionSeen,
                E::StopAsked,
                E::ChangedToDirect,
                E::MoneyReturned,
            ],
            S::Refunded,
            Member::PaysInvoice,
        ),
        (vec![E::StopAsked], S::Withdrawn, Member::PaysInvoice),
    ] {
        assert_eq!(after(&events), state, "{events:?}");
        assert_eq!(state.member(), member, "{state:?}");
    }
}

#[test]
fn nobody_is_late_while_the_answer_or_the_money_is_outstanding() {
    for state in State::ALL {
        let expected = matches!(
            state,
            S::Received | S::Sent | S::AtAgency | S::PendingStart | S::Withholding | S::Stopping
        );
        assert_eq!(state.holds_late_steps(), expected, "{state:?}");
        assert_eq!(State::from_code(state.code()), Some(state));
    }
}

#[test]
fn replies_move_a_request_by_the_table_and_unknown_ones_do_not() {
    let table = example();
    for (code, event) in [
        (120, Some(E::PassedOn)),
        (185, Some(E::Accepted)),
        (186, Some(E::Rejected)),
        (144, Some(E::ChangedToDirect)),
        (191, None),
        (213, None),
        (999, None),
    ] {
        assert_eq!(on_reply(&table, code), event, "{code}");
    }
}

#[test]
fn an_event_that_cannot_be_leaves_the_request_as_it_is() {
    let (same, error) = request().on(date(2026, 3, 1), E::Accepted).unwrap_err();
    assert_eq!(same, request());
    assert_eq!(
        error.to_string(),
        "Accepted cannot happen to a request that is received; put it in the work queue"
    );
}

#[test]
fn a_transition_stands_in_the_table_once() {
    for (at, (from, by, _)) in transitions().iter().enumerate() {
        let again = transitions()[at + 1..]
            .iter()
            .any(|(f, b, _)| f == from && b == by);
        assert!(!again, "{from:?} {by:?}");
    }
}

proptest! {
    /// Whatever arrives in whatever order: the state is that of the last accepted event, the
    /// history keeps every date, deductions are never on before the agency's word or its money, and
    /// a final state is not left.
    #[test]
    fn random_events_never_break_the_machine(events in proptest::collection::vec(0_usize..8, 0..40)) {
        let mut request = request();
        for (n, at) in events.into_iter().enumerate() {
            let event = WithholdEvent::ALL[at];
            let before = request.clone();
            let day = date(2026, 1, 1).checked_add(jiff::ToSpan::days(i64::try_from(n).unwrap())).unwrap();
            request = match request.on(day, event) {
                Ok(next) => {
                    prop_assert_eq!(next.history.len(), before.history.len() + 1);
                    next
                }
                Err((same, _)) => {
                    prop_assert_eq!(&same, &before);
                    same
                }
            };
            if request.state() == S::Withholding {
                prop_assert!(request.history.iter().any(|(_, e, _)| *e == E::DeductionSeen));
            }
            if matches!(before.state(), S::Rejected | S::Withdrawn | S::Refunded) {
                prop_assert_eq!(request.state(), before.state());
            }
        }
    }
}
