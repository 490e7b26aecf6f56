//! `cargo xtask example contact-form`: serves the form, and prints the messages that it sends.
//!
//! ```text
//! browser  ->  wasmtime serve  ->  the form's component  ->  a mail server on loopback  ->  here
//! ```

use std::env;
use std::process::ExitCode;

use example_tests::site::Site;
use mail_parser::MessageParser;
use servers::authority::Authority;
use servers::sink::{Account, Delivery, Sink};

const USERNAME: &str = "form";
const PASSWORD: &str = "sesame";

fn main() -> ExitCode {
    let Some(component) = env::args().nth(1) else {
        eprintln!("contact-form: which component of dist/?");
        return ExitCode::from(2);
    };
    match run(&component) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("contact-form: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until the user ends it, or wasmtime ends. The form prints a line for each message.
fn run(component: &str) -> Result<(), String> {
    let authority = Authority::new();
    let account = Account {
        username: USERNAME.into(),
        password: PASSWORD.into(),
    };
    let identity = authority.issue(&["127.0.0.1"]);
    let sink = Sink::start(&identity, vec![account], |_| ());
    eprintln!("contact-form: starting wasmtime, which compiles {component} once (some seconds)");
    let site = Site::serve(
        component,
        &[
            (
                "SMTP_URL",
                &format!("smtp://{USERNAME}:{PASSWORD}@{}", sink.address()),
            ),
            ("SMTP_CA", &authority.pem()),
            ("CONTACT_TO", "you@example.org"),
            ("CONTACT_FROM", "form@example.org"),
        ],
    )?;
    println!("Open {} and write to yourself. Ctrl-C ends it.", site.url());
    let mut shown = 0;
    for line in site.into_lines() {
        println!("\n{line}");
        for delivery in sink.deliveries().iter().skip(shown) {
            show(delivery);
            shown += 1;
        }
    }
    Err("wasmtime has ended".into())
}

fn show(delivery: &Delivery) {
    let Some(mail) = MessageParser::default().parse(&delivery.message) else {
        return println!("what arrived is not a message");
    };
    let address = |address: Option<&mail_parser::Address>| {
        let first = address.and_then(|address| address.first());
        let name = first.and_then(|first| first.name()).unwrap_or_default();
        let address = first.and_then(|first| first.address()).unwrap_or_default();
        format!("{name} <{address}>")
    };
    let tls = if delivery.tls {
        "inside TLS"
    } else {
        "in clear"
    };
    println!(
        "\nA message arrived, {tls}, for {}:",
        delivery.recipients.join(", ")
    );
    println!("  From:     {}", address(mail.from()));
    println!("  Reply-To: {}", address(mail.reply_to()));
    println!("  Subject:  {}", mail.subject().unwrap_or_default());
    for line in mail.body_text(0).unwrap_or_default().lines() {
        println!("  | {line}");
    }
}
