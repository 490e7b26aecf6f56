//! The component against real servers: each topic here is put to each server. What a server was
//! sent goes into the report of `cargo xtask test`, as do those that the machine cannot have.

mod addresses;
mod authentication;
mod bindings;
mod certificate;
mod corpus;
mod limits;
mod lost;
mod once;
mod parameters;
mod refusals;
mod store;
mod tokens;
mod trust;
mod visit;

use servers::real::Kind;
use servers::report;

use visit::Visit;

/// Says what it was that it did.
type Topic = fn(&mut Visit) -> String;

/// For every server that speaks SMTP.
const COMMON: &[Topic] = &[
    corpus::arrives_byte_for_byte,
    corpus::arrives_in_one_call,
    authentication::proves_the_user,
    addresses::may_be_utf8,
    refusals::are_told_apart,
    trust::is_not_given_away,
];

#[test]
fn postfix_is_understood() {
    let own: &[Topic] = &[parameters::reach_the_server, limits::are_found_out_once];
    call_on(Kind::Postfix, &[COMMON, own]);
}

#[test]
fn exim_is_understood() {
    call_on(
        Kind::Exim,
        &[
            COMMON,
            &[
                parameters::reach_the_server,
                limits::are_kept,
                certificate::speaks_for_the_user,
            ],
        ],
    );
}

#[test]
fn smtp_server_is_understood() {
    call_on(Kind::SmtpServer, &[COMMON, &[tokens::prove_the_user]]);
}

#[test]
fn aiosmtpd_is_understood() {
    call_on(Kind::Aiosmtpd, &[COMMON]);
}

/// For those that few clients are tried against.
const RARE: &[Topic] = &[
    refusals::cost_no_other_letter,
    once::is_sent_and_taken_leave_of,
];

#[test]
fn haraka_is_understood() {
    call_on(Kind::Haraka, &[COMMON, RARE]);
}

#[test]
fn chasquid_is_understood() {
    call_on(Kind::Chasquid, &[COMMON, RARE, &[limits::are_survived]]);
}

#[test]
fn courier_is_understood() {
    call_on(Kind::Courier, &[COMMON, RARE]);
}

#[test]
fn sendmail_is_understood() {
    call_on(Kind::Sendmail, &[COMMON, RARE, &[limits::are_not_run_into]]);
}

#[test]
fn postfix_with_dovecot_is_understood() {
    let own: &[Topic] = &[
        tokens::prove_the_user,
        authentication::falls_back_on_a_mechanism_that_the_server_can_check,
    ];
    call_on(Kind::PostfixDovecot, &[COMMON, own]);
}

#[test]
fn dovecot_is_understood() {
    let topics: &[Topic] = &[
        corpus::arrives_byte_for_byte,
        corpus::arrives_in_one_call,
        store::answers_for_each_recipient,
        trust::is_not_given_away,
    ];
    call_on(Kind::Dovecot, &[topics]);
}

#[test]
fn cyrus_is_understood() {
    let topics: &[Topic] = &[
        bindings::prove_the_user_in_tls_12,
        bindings::cost_one_failure_where_the_server_has_none_for_tls_13,
    ];
    call_on(Kind::Cyrus, &[topics]);
}

fn call_on(kind: Kind, topics: &[&[Topic]]) {
    let Some(mut visit) = Visit::begin(kind) else {
        return;
    };
    let topics = topics.iter().copied().flatten();
    let done: Vec<String> = topics.map(|topic| topic(&mut visit)).collect();
    report::sent(kind, &done.join(", "));
}
