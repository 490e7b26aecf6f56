//! The demo that needs no server: it starts one, and composes its own message.

use std::fs;
use std::time::{Duration, Instant};

use host_tests::{Composed, Envelope, Error, Grants, Host, Instance, Mailer, Receipt, Screen};
use mail_parser::{Message, MessageParser, MimeHeaders};
use servers::authority::Authority;
use servers::sink::{Account, Delivery, Sink};

use crate::{Failure, advice, conversation, message};

const USERNAME: &str = "ada";
const PASSWORD: &str = "correct horse \"battery\" \\ staple";

/// Keeps the message in the file `save`, if there is one.
pub(crate) fn run(save: Option<&str>) -> Result<(), Failure> {
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
    let Composed {
        sender,
        recipients,
        message,
        ..
    } = message::rich(&instance).map_err(Failure::NotDelivered)?;
    let envelope = Envelope { sender, recipients };
    let start = Instant::now();
    let receipt = mailer
        .send(&envelope, &message)
        .map_err(|error| not_delivered(&instance, &error))?;
    let elapsed = start.elapsed();
    mailer.close();

    let delivery = only(sink.deliveries()).map_err(Failure::NotDelivered)?;
    show(screen, &delivery).map_err(Failure::NotDelivered)?;
    compare(&delivery, &envelope, &message, &receipt).map_err(Failure::NotDelivered)?;
    if let Some(file) = save {
        fs::write(file, &delivery.message)
            .map_err(|error| Failure::Arguments(format!("--save: cannot write {file}: {error}")))?;
    }
    let size = message.len();
    let took = milliseconds(elapsed);
    screen.success(&format!(
        "Byte for byte what was composed: {size} bytes, delivered in {took}."
    ));
    show_next_steps(screen);
    Ok(())
}

fn show_next_steps(screen: Screen) {
    screen.title("What to do next");
    for (what, command) in [
        (
            "your server",
            "cargo xtask demo --server smtp://USER@HOST --from YOU --to YOU",
        ),
        (
            "your language",
            "cargo xtask example rust    # or javascript, python, c, go, node",
        ),
        (
            "your program",
            "cargo xtask guest rust FOLDER    # FOLDER: your copy of examples/guest; docs/languages/own-guest.md",
        ),
    ] {
        screen.item(what, command);
    }
}

fn only(mut deliveries: Vec<Delivery>) -> Result<Delivery, String> {
    match deliveries.len() {
        1 => Ok(deliveries.remove(0)),
        count => Err(format!("{count} messages arrived")),
    }
}

fn start_sink(screen: Screen, authority: &Authority) -> Sink {
    let account = Account {
        username: USERNAME.into(),
        password: PASSWORD.into(),
    };
    let identity = authority.issue(&["127.0.0.1"]);
    Sink::start(&identity, vec![account], conversation::observer(screen))
}

fn configure(mailer: &Mailer, sink: &Sink, authority: &Authority) -> Result<(), Error> {
    mailer.set_port(sink.port());
    mailer.set_bundled_roots(false);
    mailer.add_trust_anchors(authority.pem().as_bytes())?;
    mailer.set_password(USERNAME, PASSWORD);
    Ok(())
}

fn show(screen: Screen, delivery: &Delivery) -> Result<(), String> {
    screen.title("What arrived");
    let tls = if delivery.tls {
        ", inside TLS"
    } else {
        ", in clear"
    };
    screen.item("as", &format!("{}{tls}", delivery.username));
    screen.item("from", &delivery.sender);
    screen.item("to", &delivery.recipients.join(", "));
    let parsed = MessageParser::default().parse(&delivery.message);
    let parsed = parsed.ok_or("what arrived is not a message")?;
    screen.item("subject", parsed.subject().unwrap_or_default());
    show_parts(screen, &parsed);
    Ok(())
}

fn show_parts(screen: Screen, message: &Message) {
    for part in message.parts.iter().filter(|part| !part.is_multipart()) {
        let content_type = part.content_type().map(|found| {
            let subtype = found.subtype().unwrap_or_default();
            format!("{}/{subtype}", found.ctype())
        });
        let name = part.attachment_name().map(|name| format!(", {name}"));
        screen.item(
            "part",
            &format!(
                "{:>6} bytes of {}{}",
                part.contents().len(),
                content_type.unwrap_or_default(),
                name.unwrap_or_default()
            ),
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
