//! Journeys of people through the running program in a real browser: every page they meet is
//! checked for accessibility, for words that run out of the window, and for errors that only a
//! browser sees.
//!
//! `cargo test -p memberpay --test journeys [-- PART_OF_A_NAME]`. Pictures of every page are left
//! in `target/journeys`, for a person to look at.

#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod look;
mod runner;
mod secrets;
mod stage;
mod walk;

mod autopay;
mod broken;
mod center;
mod delegates;
mod guest;
mod guest_mistakes;
mod keyboard;
mod member;
mod methods;
mod paperless;
mod papers;
mod public;
mod security;
mod sessions;
mod settings;
mod staff;
mod suspense;
mod tour;
mod trouble;
mod twice;
mod without_script;

use runner::{Journey, journeys};

/// Every journey on the embedded database.
fn all() -> Vec<Journey> {
    journeys![
        public::somebody_finds_how_to_pay_for_each_plan_line,
        public::somebody_finds_how_to_pay_in_spanish,
        public::other_public_pages_and_their_print,
        guest::a_son_pays_by_card_as_a_guest,
        guest::a_daughter_pays_by_bank_account_in_spanish,
        guest_mistakes::every_wrong_field_is_named_and_what_was_typed_is_kept,
        guest_mistakes::every_mismatch_gets_the_same_answer_until_there_were_too_many,
        guest_mistakes::wrong_bank_details_are_named_and_never_shown_again,
        trouble::a_declined_card_is_told_plainly_and_another_works,
        trouble::american_express_is_refused_in_a_clear_sentence,
        trouble::a_card_that_hangs_is_confirmed_later,
        twice::pressing_pay_three_times_takes_one_payment,
        twice::reload_and_back_after_paying_take_nothing,
        twice::two_tabs_take_one_payment,
        twice::a_payment_just_like_the_last_is_pointed_out_first,
        member::a_member_registers_pays_and_keeps_the_receipt,
        member::a_member_reads_everything_in_spanish,
        member::after_signing_out_back_shows_nothing,
        member::a_member_never_sees_another_members_pages,
        security::a_member_makes_a_passkey_and_signs_in_with_it_alone,
        security::a_member_protects_the_sign_in_with_an_app_and_recovery_codes,
        security::a_member_who_forgot_sets_a_new_password_in_spanish,
        security::before_time_runs_out_a_dialog_says_so_and_one_press_stays,
        autopay::a_member_sets_autopay_up_skips_a_month_and_stops,
        autopay::a_member_sets_autopay_up_in_spanish_without_scripts,
        autopay::members_see_what_is_drafted_next_or_why_nothing_is,
        autopay::a_member_changes_how_we_reach_them_and_finds_help,
        methods::a_member_saves_names_prefers_and_removes_a_card,
        methods::a_card_added_on_the_way_to_autopay_is_chosen_there,
        papers::a_member_downloads_documents_and_every_pdf_is_sound,
        papers::due_dates_come_to_a_calendar_and_say_nothing_about_anybody,
        papers::a_member_shows_prints_and_orders_the_id_card,
        paperless::a_member_goes_paperless_and_back_without_scripts,
        delegates::a_member_lets_a_daughter_look_and_takes_it_back,
        sessions::a_member_sees_other_sessions_and_ends_them,
        staff::a_supervisor_comes_in_with_two_steps_and_reads_the_watch_list,
        staff::an_administrator_adds_somebody_who_sets_up_both_steps,
        staff::an_associate_takes_a_payment_from_a_caller,
        suspense::a_billing_clerk_decides_about_checks_with_the_keyboard_alone,
        suspense::a_supervisor_releases_what_goes_back_to_its_payer,
        settings::a_supervisor_reads_the_settings_and_previews_with_the_keyboard_alone,
        settings::an_administrator_proposes_a_change_with_the_keyboard_alone,
        center::an_associate_takes_a_check_and_closes_the_drawer_with_the_keyboard_alone,
        tour::every_page_of_a_member_holds_in_english,
        tour::every_page_of_a_member_holds_in_spanish,
        tour::members_of_other_plans_see_what_is_theirs,
        broken::every_error_page_says_what_happened,
        broken::a_form_from_elsewhere_is_refused,
        without_script::a_guest_pays_without_scripts,
    ]
}

/// The one journey that goes through everything, for the other database.
fn on_postgres() -> Vec<Journey> {
    journeys![member::a_member_registers_pays_and_keeps_the_receipt]
}

fn main() -> std::process::ExitCode {
    runner::run(all(), on_postgres())
}
