use std::error::Error;
use std::sync::Arc;

use mail_send::smtp::message::Message;
use mail_send::{SmtpClient, SmtpClientBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use crate::{Task, now};

pub fn send(task: &Task) -> Result<Vec<u128>, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(connect_and_send(task))
}

async fn connect_and_send(task: &Task) -> Result<Vec<u128>, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&task.root)?)?;
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let mut builder =
        SmtpClientBuilder::new_with_tls_connector("127.0.0.1".to_string(), task.port, connector)
            .implicit_tls(task.security == "tls");
    if let Some(account) = task.account.clone() {
        builder = builder.credentials(account);
    }
    match task.security.as_str() {
        "plain" => send_over(builder.connect_plain().await?, task).await,
        _ => send_over(builder.connect().await?, task).await,
    }
}

async fn send_over<S: AsyncRead + AsyncWrite + Unpin>(
    mut client: SmtpClient<S>,
    task: &Task,
) -> Result<Vec<u128>, Box<dyn Error>> {
    let body = task.message();
    let recipients: Vec<&str> = task.recipients.iter().map(String::as_str).collect();
    let mut receipts = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        client.send(Message::new("sender@example.test", recipients.clone(), &body[..])).await?;
        receipts.push(now());
    }
    client.quit().await?;
    Ok(receipts)
}
