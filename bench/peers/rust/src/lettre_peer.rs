use std::error::Error;
use std::fs;

use lettre::address::Envelope;
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::Transport;

use crate::{Task, now};

pub fn send(task: &Task) -> Result<Vec<u128>, Box<dyn Error>> {
    let transport = transport(task)?;
    let recipients: Result<_, _> = task.recipients.iter().map(|name| name.parse()).collect();
    let envelope = Envelope::new(Some("sender@example.test".parse()?), recipients?)?;
    let message = task.message();
    let mut receipts = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        transport.send_raw(&envelope, &message)?;
        receipts.push(now());
    }
    Ok(receipts)
}

fn transport(task: &Task) -> Result<SmtpTransport, Box<dyn Error>> {
    let mut builder = SmtpTransport::builder_dangerous("127.0.0.1").port(task.port).tls(tls(task)?);
    if let Some((username, password)) = task.account.clone() {
        builder = builder
            .credentials(Credentials::new(username, password))
            .authentication(vec![Mechanism::Plain]);
    }
    Ok(builder.build())
}

pub fn tls(task: &Task) -> Result<Tls, Box<dyn Error>> {
    let root = Certificate::from_pem(&fs::read(&task.root)?)?;
    let parameters = TlsParameters::builder("127.0.0.1".into())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(root)
        .build_rustls()?;
    Ok(match task.security.as_str() {
        "starttls" => Tls::Required(parameters),
        "tls" => Tls::Wrapper(parameters),
        _ => Tls::None,
    })
}
