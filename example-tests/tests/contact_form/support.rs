//! Serves the form of either language beside a mail server.

use std::path::Path;
use std::thread;

use example_tests::site::{Site, wasmtime};
use mail_parser::{Address, Message, MessageParser};
use servers::authority::Authority;
use servers::report::not_run;
use servers::sink::{Account, Delivery, Sink};

pub(crate) const PASSWORD: &str = "pa ss/w@rd";
pub(crate) const TO: &str = "owner@mail.test";
pub(crate) const FROM: &str = "form@site.test";

/// A valid form.
pub(crate) const VALID_FORM: [(&str, &str); 3] = [
    ("name", "Ada Lovelace"),
    ("address", "ada@example.org"),
    ("message", "Good day,\r\nis this on?"),
];

/// Runs the test against the components of both languages at the same time.
pub(crate) fn each_handler(test: impl Fn(&str) + Sync) {
    if let Err(why) = wasmtime() {
        return not_run(&"the contact form", &why);
    }
    thread::scope(|scope| {
        scope.spawn(|| test("contact-form.wasm"));
        if Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../dist/contact-form-js.wasm")
            .exists()
        {
            scope.spawn(|| test("contact-form-js.wasm"));
        } else {
            not_run(&"the contact form in JavaScript", "it is not in dist/");
        }
    });
}

/// A form with a mail server that accepts its messages.
pub(crate) struct Form {
    pub site: Site,
    sink: Sink,
}

impl Form {
    /// The mail server requires STARTTLS and a password; the form trusts its authority.
    pub(crate) fn serve(component: &str) -> Form {
        Form::serve_with_name(component, "127.0.0.1", &[])
    }

    /// The mail server's certificate is for this name.
    pub(crate) fn serve_with_name(
        component: &str,
        name: &str,
        environment: &[(&str, &str)],
    ) -> Form {
        let authority = Authority::new();
        let account = Account {
            username: "form".into(),
            password: PASSWORD.into(),
        };
        let sink = Sink::start(&authority.issue(&[name]), vec![account], |_| ());
        let url = format!("smtp://form:pa%20ss%2Fw%40rd@{}", sink.address());
        let ca = authority.pem();
        let server = [("SMTP_URL", url.as_str()), ("SMTP_CA", ca.as_str())];
        let site = serve(component, &[&server, environment].concat());
        Form { site, sink }
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.sink.deliveries()
    }

    /// Panics unless there is exactly one.
    pub(crate) fn delivery(&self) -> Delivery {
        let mut deliveries = self.deliveries();
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }
}

/// With these environment variables in addition to sender and recipient.
pub(crate) fn serve(component: &str, environment: &[(&str, &str)]) -> Site {
    let addresses = [("CONTACT_TO", TO), ("CONTACT_FROM", FROM)];
    Site::serve(component, &[&addresses, environment].concat())
        .unwrap_or_else(|why| panic!("{why}"))
}

/// The mail server listens at this port of 127.0.0.1, without TLS.
pub(crate) fn serve_with_server(component: &str, port: u16) -> Site {
    serve(
        component,
        &[("SMTP_URL", &format!("smtp://127.0.0.1:{port}"))],
    )
}

pub(crate) fn parse(delivery: &Delivery) -> Message<'_> {
    let parser = MessageParser::default();
    parser.parse(&delivery.message).expect("a message")
}

/// The name and the address of the only mailbox in the header.
pub(crate) fn mailbox(header: Option<&Address>) -> (String, String) {
    let all = header.expect("the header").clone().into_list();
    let [one] = all.as_slice() else {
        panic!("{all:?}")
    };
    let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (own(one.name()), own(one.address()))
}

/// The valid form with another value in one field.
pub(crate) fn with<'a>(name: &str, value: &'a str) -> [(&'static str, &'a str); 3] {
    VALID_FORM.map(|(field, usual)| (field, if field == name { value } else { usual }))
}
