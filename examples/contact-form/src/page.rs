//! The pages that a visitor sees.

use crate::delivery::{Fault, Kind};
use crate::form::{Errors, Form};
use crate::http::Response;
use crate::template::{fill, page};

const FORM: &str = include_str!("../pages/form.html");
const NOTICE: &str = include_str!("../pages/notice.html");

pub fn empty_form() -> Response {
    form(200, &Form::default(), &Errors::default(), "")
}

pub fn wrong_form(filled: &Form, errors: &Errors) -> Response {
    form(
        422,
        filled,
        errors,
        "Your message was not sent. Please correct this:",
    )
}

pub fn undelivered(filled: &Form, fault: &Fault) -> Response {
    let (status, notice) = match fault.kind {
        Kind::SetUp => (
            500,
            "Your message was not sent: this form is not set up correctly. Please reach us another way.",
        ),
        Kind::Later => (
            503,
            "Your message was not sent: our mail server cannot take it at the moment. It is kept \
             below; please try again in a few minutes.",
        ),
        Kind::Refused => (
            502,
            "Your message was not sent: our mail server did not take it. Please reach us another way.",
        ),
        Kind::Unknown => (
            504,
            "Your message may have arrived: our mail server did not say. If you send it again, \
             we may get it twice.",
        ),
    };
    form(status, filled, &Errors::default(), notice)
}

/// Redirects to another page, so that reloading does not send the message again.
pub fn see_thanks() -> Response {
    let mut response = notice(303, "Thank you", "Your message was sent.");
    response.headers.push(("location", "thanks".into()));
    response
}

pub fn thanks() -> Response {
    notice(
        200,
        "Thank you",
        "Your message was sent. We answer by mail.",
    )
}

pub fn from_elsewhere() -> Response {
    let text =
        "Your browser did not say that this form is from here. Please fill it in on our page.";
    notice(403, "Not from here", text)
}

pub fn not_found() -> Response {
    notice(404, "No such page", "There is nothing at this address.")
}

pub fn wrong_method() -> Response {
    let text = "This page can be read, and the form on it sent; nothing else.";
    let mut response = notice(405, "Not possible", text);
    response.headers.push(("allow", "GET, HEAD, POST".into()));
    response
}

pub fn broken_off() -> Response {
    let text = "Your message did not arrive here as a whole. Please send it again.";
    notice(400, "Incomplete", text)
}

pub fn too_large() -> Response {
    let text = "Your message was not sent: it is too large. Please go back and shorten it to \
                10,000 characters.";
    notice(413, "Too large", text)
}

pub fn no_form() -> Response {
    notice(
        415,
        "No form",
        "What was sent here is not this page's form.",
    )
}

fn notice(status: u16, heading: &str, text: &str) -> Response {
    page(
        status,
        heading,
        &fill(NOTICE, &[("heading", heading), ("text", text)]),
    )
}

fn form(status: u16, filled: &Form, errors: &Errors, notice: &str) -> Response {
    let wrong = [errors.name, errors.address, errors.message].map(|error| !error.is_empty());
    let first = wrong.iter().position(|wrong| *wrong);
    let invalid = wrong.map(|wrong| if wrong { "true" } else { "false" });
    let focus = |field| {
        if first == Some(field) {
            "autofocus"
        } else {
            ""
        }
    };
    let main = fill(
        FORM,
        &[
            ("notice", notice),
            ("name", &filled.name),
            ("name-error", errors.name),
            ("name-invalid", invalid[0]),
            ("name-focus", focus(0)),
            ("address", &filled.address),
            ("address-error", errors.address),
            ("address-invalid", invalid[1]),
            ("address-focus", focus(1)),
            ("message", &filled.message),
            ("message-error", errors.message),
            ("message-invalid", invalid[2]),
            ("message-focus", focus(2)),
        ],
    );
    let title = if notice.is_empty() {
        "Write to us"
    } else {
        "Error: write to us"
    };
    page(status, title, &main)
}
