//! The component against real servers. Each test runs a list of checks with one server. The report of
//! `cargo xtask test` says what each server was sent, and which servers the machine cannot have.
//!
//! To run a check with another server, add it to that server's list. The servers themselves are in
//! `servers/src/real`.

mod addresses;
mod authentication;
mod certificate;
mod channel_binding;
mod corpus;
mod limits;
mod lmtp;
mod loss;
mod missing;
mod parameters;
mod refusals;
mod send_mail;
mod server_under_test;
mod smuggling;
mod tokens;
mod tokens_by_introspection;
mod trust;

use servers::real::Kind;
use servers::report;

use server_under_test::ServerUnderTest;

/// Returns what it did, for the report.
type Check = fn(&mut ServerUnderTest) -> String;

/// The checks for every server that speaks SMTP.
const COMMON: &[Check] = &[
    corpus::arrives_byte_for_byte,
    corpus::arrives_in_one_call,
    authentication::succeeds_with_each_mechanism,
    addresses::may_be_utf8,
    refusals::are_told_apart,
    trust::is_not_given_to_wrong_certificates,
];

#[test]
fn postfix_accepts_the_component() {
    let own: &[Check] = &[
        parameters::reach_the_server,
        limits::an_unannounced_one_is_learned_once,
    ];
    run_checks(Kind::Postfix, &[COMMON, own]);
}

#[test]
fn exim_accepts_the_component() {
    run_checks(
        Kind::Exim,
        &[
            COMMON,
            &[
                parameters::reach_the_server,
                limits::announced_ones_are_kept,
                certificate::authenticates_the_user,
            ],
        ],
    );
}

#[test]
fn smtp_server_accepts_the_component() {
    run_checks(
        Kind::SmtpServer,
        &[COMMON, &[tokens::authenticate_the_user]],
    );
}

#[test]
fn aiosmtpd_accepts_the_component() {
    run_checks(Kind::Aiosmtpd, &[COMMON]);
}

/// Additional checks for servers that few clients are tested with.
const LESS_COMMON: &[Check] = &[
    refusals::do_not_affect_other_messages,
    send_mail::ends_with_quit,
];

#[test]
fn haraka_accepts_the_component() {
    run_checks(Kind::Haraka, &[COMMON, LESS_COMMON]);
}

#[test]
fn chasquid_accepts_the_component() {
    run_checks(
        Kind::Chasquid,
        &[
            COMMON,
            LESS_COMMON,
            &[limits::a_close_after_too_many_is_survived],
        ],
    );
}

#[test]
fn courier_accepts_the_component() {
    run_checks(Kind::Courier, &[COMMON, LESS_COMMON]);
}

#[test]
fn sendmail_accepts_the_component() {
    run_checks(
        Kind::Sendmail,
        &[COMMON, LESS_COMMON, &[limits::slow_refusals_are_avoided]],
    );
}

#[test]
fn postfix_with_dovecot_accepts_the_component() {
    let own: &[Check] = &[
        tokens::authenticate_the_user,
        authentication::falls_back_on_a_mechanism_that_the_server_can_check,
    ];
    run_checks(Kind::PostfixDovecot, &[COMMON, own]);
}

#[test]
fn dovecot_accepts_the_component() {
    let checks: &[Check] = &[
        corpus::arrives_byte_for_byte,
        corpus::arrives_in_one_call,
        lmtp::answers_for_each_recipient,
        trust::is_not_given_to_wrong_certificates,
    ];
    run_checks(Kind::Dovecot, &[checks]);
}

#[test]
fn cyrus_accepts_the_component() {
    let checks: &[Check] = &[
        channel_binding::authenticates_in_tls_12,
        channel_binding::falls_back_to_scram_alone_in_tls_13,
    ];
    run_checks(Kind::Cyrus, &[checks]);
}

fn run_checks(kind: Kind, checks: &[&[Check]]) {
    let Some(mut server) = ServerUnderTest::start(kind) else {
        return;
    };
    let checks = checks.iter().copied().flatten();
    let done: Vec<String> = checks.map(|check| check(&mut server)).collect();
    report::sent(kind, &done.join(", "));
}
