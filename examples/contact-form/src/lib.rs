//! A contact form: a page, and a letter of what a visitor writes.
//!
//! ```text
//! GET /        ->  the form
//! POST /       ->  checked  ->  a letter  ->  the mail server  ->  303 to /thanks
//! GET /thanks  ->  thanks
//! ```
//!
//! Nothing is kept between requests. What keeps spam away is in `guard.rs`, and why no visitor can
//! write a header of the letter, in `letter.rs`.

mod configuration;
mod delivery;
mod form;
mod guard;
mod http;
mod letter;
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

/// The refusal too is a page.
fn submit(request: &Request) -> Result<Response, Response> {
    let form = Form::parse(&guard::admit(request)?);
    if !form.website.is_empty() {
        // As if it had been sent: whoever filled in that field has nothing to learn here.
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
    let letter = letter::write(form, &configuration);
    let reply = delivery::deliver(&configuration, &letter.text)?;
    say(&format!("sent {}: {reply}", letter.id));
    Ok(())
}

/// A line for whoever runs this, on standard error. Where that is gone, there is no one to tell.
fn say(line: &str) {
    // What a server says is shown on terminals, which obey control characters.
    let line = line.replace(char::is_control, "\u{fffd}");
    let mut stderr = wasip2::cli::stderr::get_stderr();
    let _ = stderr
        .write_all(format!("contact-form: {line}\n").as_bytes())
        .and_then(|()| Write::flush(&mut stderr));
}
