//! A contact form: a page with a form, and a handler that sends what a visitor writes.
//!
//! ```text
//! GET /        ->  the form
//! POST /       ->  checks  ->  a message  ->  the mail server  ->  303 to /thanks
//! GET /thanks  ->  thanks
//! ```
//!
//! Nothing is kept between requests. `guard.rs` keeps spam away. `envoi:mail/compose` composes the message, so
//! that no visitor can add a header field.

mod configuration;
mod delivery;
mod form;
mod guard;
mod http;
mod message;
mod page;
mod template;

use std::io::Write;

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, Method, ResponseOutparam};

use configuration::Configuration;
use delivery::Fault;
use form::Form;
use http::{Request, Response};

wit_bindgen::generate!({ path: ["../../wit", "wit"], world: "example:contact-form/contact-form", generate_all });

struct ContactForm;
wasip2::http::proxy::export!(ContactForm);

impl Guest for ContactForm {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        respond(&Request::new(request)).send(out);
    }
}

fn respond(request: &Request) -> Response {
    match (request.method(), request.path().as_str()) {
        (Method::Get | Method::Head, "/") => page::empty_form(),
        (Method::Post, "/") => submit(request).unwrap_or_else(|refusal| refusal),
        (Method::Get | Method::Head, "/thanks") => page::thanks(),
        (_, "/" | "/thanks") => page::wrong_method(),
        _ => page::not_found(),
    }
}

/// A refusal is a page too.
fn submit(request: &Request) -> Result<Response, Response> {
    let form = Form::parse(&guard::admit(request)?);
    if !form.website.is_empty() {
        // The same answer as for a sent message, so that the program does not learn of the field.
        say("a program filled in the hidden field: nothing was sent");
        return Ok(page::see_thanks());
    }
    let errors = form.errors();
    if errors.any() {
        return Err(page::wrong_form(&form, &errors));
    }
    deliver(&form).map_err(|fault| {
        say(&format!("{}: {}", fault.outcome(), fault.why));
        page::undelivered(&form, &fault)
    })?;
    Ok(page::see_thanks())
}

fn deliver(form: &Form) -> Result<(), Fault> {
    let configuration = Configuration::read()?;
    let composed = message::compose(form, &configuration)?;
    let id = composed.message_id.clone();
    let reply = delivery::deliver(&configuration, composed)?;
    say(&format!("sent {id}: {reply}"));
    Ok(())
}

/// Prints a line for the operator on standard error. A failure is ignored, because there is nowhere to report it.
fn say(line: &str) {
    // A server's words are shown on terminals, which obey control characters.
    let line = line.replace(char::is_control, "\u{fffd}");
    let mut stderr = wasip2::cli::stderr::get_stderr();
    let _ = stderr
        .write_all(format!("contact-form: {line}\n").as_bytes())
        .and_then(|()| Write::flush(&mut stderr));
}
