//! mail-auth, which is linked.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator};

use crate::dns::DnsServer;

pub(crate) fn verify(files: &[PathBuf], dns: &DnsServer) -> Result<Vec<Vec<String>>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let verifier = verifier(dns.port())?;
        let mut results = Vec::new();
        for file in files {
            results.push(verify_file(&verifier, file).await?);
        }
        Ok(results)
    })
}

fn verifier(port: u16) -> Result<MessageAuthenticator, String> {
    let mut connection = ConnectionConfig::udp();
    connection.port = port;
    let server = NameServerConfig::new(IpAddr::V4(Ipv4Addr::LOCALHOST), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    MessageAuthenticator::new(config, ResolverOpts::default()).map_err(|error| error.to_string())
}

async fn verify_file(verifier: &MessageAuthenticator, file: &Path) -> Result<Vec<String>, String> {
    let message = fs::read(file).map_err(|error| error.to_string())?;
    let message = AuthenticatedMessage::parse(&message).ok_or("mail-auth reads no message")?;
    let outputs = verifier.verify_dkim(&message).await;
    let word = |result: &DkimResult| match result {
        DkimResult::Pass => "pass".into(),
        other => format!("{other:?}"),
    };
    Ok(outputs.iter().map(|output| word(output.result())).collect())
}
