//! Parameters of MAIL and RCPT: each is set, or refused; then a message is sent with what is set.

use host_tests::{DsnNotify, Error, Options};

use super::stage::Stage;
use super::{Row, Try};

const RECIPIENT: &str = "b@mail.test";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = texts();
    rows.extend(own());
    rows.extend(numbers());
    rows
}

fn with(stage: &Stage, set: impl FnOnce(&Options) -> Result<(), Error>) {
    let options = stage.instance.options();
    let set = set(&options);
    stage.sends_with(set, &options);
}

fn texts() -> Vec<Row> {
    vec![
        (
            "options.set-envelope-id(id)",
            Try::Text("id", |stage, id| {
                with(stage, |options| options.set_envelope_id(id))
            }),
        ),
        (
            "options.set-notify(recipient)",
            Try::Text(RECIPIENT, |stage, recipient| {
                with(stage, |options| {
                    options.set_notify(Some(recipient), DsnNotify::NEVER)
                });
            }),
        ),
        (
            "options.set-original-recipient(recipient)",
            Try::Text(RECIPIENT, |stage, recipient| {
                with(stage, |options| {
                    options.set_original_recipient(recipient, "rfc822", RECIPIENT)
                });
            }),
        ),
        (
            "options.set-original-recipient(address-type)",
            Try::Text("rfc822", |stage, kind| {
                with(stage, |options| {
                    options.set_original_recipient(RECIPIENT, kind, RECIPIENT)
                });
            }),
        ),
        (
            "options.set-original-recipient(address)",
            Try::Text(RECIPIENT, |stage, address| {
                with(stage, |options| {
                    options.set_original_recipient(RECIPIENT, "rfc822", address)
                });
            }),
        ),
        (
            "options.set-submitter(identity)",
            Try::Text("a@mail.test", |stage, identity| {
                with(stage, |options| options.set_submitter(Some(identity)));
            }),
        ),
    ]
}

fn own() -> Vec<Row> {
    vec![
        (
            "options.add-parameter(keyword)",
            Try::Text("X-ONE", |stage, keyword| {
                with(stage, |options| options.add_parameter(keyword, Some("1")));
            }),
        ),
        (
            "options.add-parameter(value)",
            Try::Text("one", |stage, value| {
                with(stage, |options| options.add_parameter("X-ONE", Some(value)));
            }),
        ),
        (
            "options.add-recipient-parameter(recipient)",
            Try::Text(RECIPIENT, |stage, recipient| {
                with(stage, |options| {
                    options.add_recipient_parameter(Some(recipient), "X-ONE", Some("1"))
                });
            }),
        ),
        (
            "options.add-recipient-parameter(keyword)",
            Try::Text("X-ONE", |stage, keyword| {
                with(stage, |options| {
                    options.add_recipient_parameter(None, keyword, Some("1"))
                });
            }),
        ),
        (
            "options.add-recipient-parameter(value)",
            Try::Text("one", |stage, value| {
                with(stage, |options| {
                    options.add_recipient_parameter(None, "X-ONE", Some(value))
                });
            }),
        ),
    ]
}

fn numbers() -> Vec<Row> {
    vec![
        (
            "options.set-size(octets)",
            Try::Number(|stage, number| {
                let Ok(octets) = number.try_into() else {
                    return;
                };
                with(stage, |options| {
                    options.set_size(octets);
                    Ok(())
                });
            }),
        ),
        (
            "options.set-deliver-by(seconds)",
            Try::Number(|stage, number| {
                let Ok(seconds) = number.try_into() else {
                    return;
                };
                with(stage, |options| {
                    options.set_deliver_by(seconds, false, true)
                });
            }),
        ),
        (
            "options.set-priority(priority)",
            Try::Number(|stage, number| {
                let Ok(priority) = number.try_into() else {
                    return;
                };
                with(stage, |options| options.set_priority(priority));
            }),
        ),
        (
            "options.set-hold-for(seconds)",
            Try::Number(|stage, number| {
                let Ok(seconds) = number.try_into() else {
                    return;
                };
                with(stage, |options| options.set_hold_for(seconds));
            }),
        ),
    ]
}
