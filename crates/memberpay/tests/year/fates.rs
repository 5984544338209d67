//! What goes wrong at the processor: three requests in a hundred, decided by the seed, the
//! instrument and how often it was charged.

use gateways::card::{ChargeRequest, Rail};
use testkit::Fate;

use crate::dice::Dice;

/// The fate of a request.
pub fn fate(seed: u64, request: &ChargeRequest, before: u32) -> Fate {
    let mut dice = Dice::about(seed, request.instrument.as_str(), u64::from(before));
    let roll = dice.between(0, 10_000);
    // The line itself, whatever is charged.
    match roll {
        0..25 => return Fate::AnswerLost,
        25..45 => return Fate::RequestLost,
        45..65 => return Fate::Unreached,
        _ => {}
    }
    let days = dice.between(1, 6);
    match request.rail {
        Rail::Card => match roll {
            65..180 => Fate::Declines("insufficient_funds"),
            180..210 => Fate::Declines("do_not_honor"),
            210..230 => Fate::Declines("try_again_later"),
            230..250 => Fate::Declines("stolen_card"),
            250..265 => Fate::Declines("expired_card"),
            265..280 => Fate::Declines("revocation_of_all_authorizations"),
            _ => Fate::Succeeds,
        },
        Rail::Bank => match roll {
            65..75 => Fate::Declines("insufficient_funds"),
            75..210 => Fate::Returns("insufficient_funds", days),
            210..230 => Fate::Returns("account_closed", days),
            230..240 => Fate::Returns("no_account", days),
            240..250 => Fate::Returns("payment_stopped", days),
            250..265 => Fate::Returns("debit_not_authorized", days),
            // Sixty days are left to say that a debit was not authorised.
            265..280 => Fate::SettlesAndReturns("debit_not_authorized", 10 + 8 * days),
            _ => Fate::Succeeds,
        },
    }
}
