//! The demo that needs no server: it starts one, and composes its own message.

use std::time::{Duration, Instant};

use host_tests::{Envelope, Error, Grants, Host, Instance, Mailer, Receipt, Screen};
use servers::authority::Authority;
use servers::mime;
use servers::sink::{Account, Delivery, Sink};

use crate::{Failure, advice, date};

const USERNAME: &str = "ada";
const PASSWORD: &str = "correct horse \"battery\" \\ staple";

/// The attachment: the component's interface.
const INTERFACE: &[u8] = include_bytes!("../../../../wit/smtp.wit");

const TEXT: &str = "\
Dear Grace, dear Alan,\r\n\
\r\n\
this message came out of a WebAssembly component. Grüße!\r\n\
.\r\n\
The dot above stood alone on its line, as the end of a message does in SMTP;\r\n\
..and here are two.\r\n";

pub(crate) fn run() -> Result<(), Failure> {
    let screen = Screen::new();
    screen.title("A WebAssembly component sends a message, inside wasmtime");
    screen.item(
        "component",
        &host_tests::component_path().display().to_string(),
    );
    let start = Instant::now();
    let instance = Host::shared().instance(Grants::all());
    screen.item("loaded", &format!("in {}", milliseconds(start.elapsed())));

    let authority = Authority::new();
    let sink = start_sink(screen, &authority);
    screen.item(
        "server",
        &format!("{}, of its own, with a throwaway authority", sink.address()),
    );

    screen.title("The conversation");
    let mailer = instance.mailer("127.0.0.1");
    configure(&mailer, &sink, &authority).map_err(|error| not_delivered(&instance, &error))?;
    let (envelope, message) = request();
    let start = Instant::now();
    let receipt = mailer
        .send(&envelope, &message)
        .map_err(|error| not_delivered(&instance, &error))?;
    let elapsed = start.elapsed();
    mailer.close();

    let deliveries = sink.deliveries();
    let [delivery] = deliveries.as_slice() else {
        return Err(Failure::NotDelivered(format!(
            "{} messages arrived",
            deliveries.len()
        )));
    };
    show(screen, delivery);
    compare(delivery, &envelope, &message, &receipt).map_err(Failure::NotDelivered)?;
    let size = message.len();
    let took = milliseconds(elapsed);
    screen.success(&format!(
        "Byte for byte what was sent: {size} bytes, delivered in {took}."
    ));
    Ok(())
}

fn start_sink(screen: Screen, authority: &Authority) -> Sink {
    let account = Account {
        username: USERNAME.into(),
        password: PASSWORD.into(),
    };
    let identity = authority.issue(&["127.0.0.1"]);
    Sink::start(&identity, vec![account], move |line| screen.observed(line))
}

fn configure(mailer: &Mailer, sink: &Sink, authority: &Authority) -> Result<(), Error> {
    mailer.set_port(sink.port());
    mailer.set_bundled_roots(false);
    mailer.add_trust_anchors(authority.pem().as_bytes())?;
    mailer.set_password(USERNAME, PASSWORD);
    Ok(())
}

fn request() -> (Envelope, Vec<u8>) {
    let headers = format!(
        "From: Ada <ada@example.org>\r\n\
         To: Grace <grace@example.org>, Alan <alan@example.org>\r\n\
         Subject: A message with an attachment\r\n\
         Date: {}\r\n\
         Message-ID: <demo@example.org>\r\n",
        date::now()
    );
    let envelope = Envelope {
        sender: Some("ada@example.org".into()),
        recipients: vec!["grace@example.org".into(), "alan@example.org".into()],
    };
    (
        envelope,
        mime::with_attachment(&headers, TEXT, "smtp.wit", INTERFACE),
    )
}

fn show(screen: Screen, delivery: &Delivery) {
    screen.title("What arrived");
    let tls = if delivery.tls {
        ", inside TLS"
    } else {
        ", in clear"
    };
    screen.item("as", &format!("{}{tls}", delivery.username));
    screen.item("from", &delivery.sender);
    screen.item("to", &delivery.recipients.join(", "));
    let parsed = mime::parse(&delivery.message);
    for header in &parsed.headers {
        screen.item("header", header);
    }
    for part in &parsed.parts {
        screen.item(
            "part",
            &format!("{:>6} bytes of {}", part.content.len(), part.kind),
        );
    }
}

/// The error names the difference between what was sent and what arrived.
fn compare(
    delivery: &Delivery,
    envelope: &Envelope,
    message: &[u8],
    receipt: &Receipt,
) -> Result<(), String> {
    let accepted: Vec<&String> = receipt
        .accepted
        .iter()
        .map(|reply| &reply.recipient)
        .collect();
    let sender = envelope.sender.as_deref().unwrap_or_default();
    let same = |same: bool, what: &str| {
        if same {
            Ok(())
        } else {
            Err(format!("{what} not as it was sent"))
        }
    };
    same(delivery.message == message, "the message that arrived is")?;
    same(delivery.sender == sender, "the sender that arrived is")?;
    same(
        delivery.recipients == envelope.recipients,
        "the list of recipients that arrived is",
    )?;
    same(
        accepted == envelope.recipients.iter().collect::<Vec<_>>(),
        "the receipt's list of recipients is",
    )?;
    same(
        delivery.tls && delivery.username == USERNAME,
        "the user, or TLS, is",
    )
}

fn not_delivered(instance: &Instance, error: &Error) -> Failure {
    Failure::NotDelivered(advice::sentence(instance, error))
}

fn milliseconds(elapsed: Duration) -> String {
    format!("{:.0} ms", elapsed.as_secs_f64() * 1000.0)
}
