//! `cargo xtask example contact-form`: the form to fill in, and the letters that it sends.
//!
//! ```text
//! browser  ->  wasmtime serve  ->  the form's component  ->  a mail server on loopback  ->  here
//! ```

use std::env;
use std::process::ExitCode;
use std::sync::mpsc;

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

/// Until the person ends it, which ends wasmtime too.
fn run(component: &str) -> Result<(), String> {
    let authority = Authority::new();
    let account = Account {
        username: USERNAME.into(),
        password: PASSWORD.into(),
    };
    let (said, saying) = mpsc::channel();
    let identity = authority.issue(&["127.0.0.1"]);
    let sink = Sink::start(&identity, vec![account], move |_| {
        let _ = said.send(());
    });
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
    for () in saying {
        for delivery in sink.deliveries().iter().skip(shown) {
            show(delivery);
            shown += 1;
        }
    }
    Ok(())
}

fn show(delivery: &Delivery) {
    let Some(letter) = MessageParser::default().parse(&delivery.message) else {
        return println!("\nwhat arrived is no letter");
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
        "\nA letter arrived, {tls}, for {}:",
        delivery.recipients.join(", ")
    );
    println!("  From:     {}", address(letter.from()));
    println!("  Reply-To: {}", address(letter.reply_to()));
    println!("  Subject:  {}", letter.subject().unwrap_or_default());
    for line in letter.body_text(0).unwrap_or_default().lines() {
        println!("  | {line}");
    }
}
