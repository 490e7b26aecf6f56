//! The component against real servers: each topic here is put to each server. What a server was
//! sent goes into the report of `cargo xtask test`, as do those that the machine cannot have.

mod addresses;
mod authentication;
mod corpus;
mod lost;
mod refusals;
mod trust;
mod visit;

use servers::real::Kind;
use servers::report;

use visit::Visit;

#[test]
fn postfix_is_understood() {
    call_on(Kind::Postfix);
}

#[test]
fn exim_is_understood() {
    call_on(Kind::Exim);
}

#[test]
fn smtp_server_is_understood() {
    call_on(Kind::SmtpServer);
}

#[test]
fn aiosmtpd_is_understood() {
    call_on(Kind::Aiosmtpd);
}

/// Each topic says what it was that it did.
fn call_on(kind: Kind) {
    let Some(mut visit) = Visit::begin(kind) else {
        return;
    };
    let done = [
        corpus::arrives_byte_for_byte(&mut visit),
        authentication::proves_the_user(&mut visit),
        addresses::may_be_utf8(&mut visit),
        refusals::are_told_apart(&mut visit),
        trust::is_not_given_away(&mut visit),
    ];
    report::sent(kind, &done.join(", "));
}
