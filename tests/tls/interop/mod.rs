//! Handshakes with OpenSSL's, GnuTLS's and Go's servers, over loopback, at once and octet by octet.

mod client;
mod gnutls;
mod go;
mod handshakes;
mod make;
mod openssl;
mod rekeying;
mod server;
mod sessions;
mod terms;

use envoi::tls::{Settings, State};

use client::Client;
use server::Server;

const AT_ONCE: usize = usize::MAX;
const STEPS: [usize; 2] = [AT_ONCE, 1];

/// Sends a line each way and closes cleanly; returns how many ClientHellos were sent.
fn talk(settings: &Settings, server: &Server, step: usize) -> (State, usize) {
    let mut client = Client::connect(settings, server.port, step).unwrap();
    // A palindrome: one server answers in reverse.
    let line = "step on no pets\n";
    client.send(line);
    assert_eq!(client.line().unwrap(), line);
    let said = (client.tls.state(), client.hellos);
    client.close();
    said
}
