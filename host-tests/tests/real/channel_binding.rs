//! SCRAM that is bound to the TLS connection, at a server that has it.

use host_tests::{Mailer, Security};
use servers::real::{PASSWORD, USER};

use crate::server_under_test::{MESSAGE, ServerUnderTest, codes, instance, mechanisms_tried, to};

/// What it may take to find out what the server takes.
const BOUND: &str = "SCRAM-SHA-256-PLUS";
const UNBOUND: &str = "SCRAM-SHA-256";

/// Over a connection of its own, with these mechanisms tried.
#[track_caller]
fn delivers(mailer: &Mailer, mechanisms: &[&str]) {
    let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
    assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
    assert_eq!(mechanisms_tried(mailer, PASSWORD), mechanisms);
    mailer.close();
}

/// The server's second port, which speaks TLS 1.2.
pub fn authenticates_in_tls_12(server: &mut ServerUnderTest) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    mailer.set_port(server.real.tls_port);
    mailer.set_password(USER, PASSWORD);
    // The second session is resumed, where the server resumes any.
    delivers(&mailer, &[BOUND]);
    delivers(&mailer, &[BOUND]);
    mailer.set_mechanisms(&["SCRAM-SHA-1-PLUS"]).unwrap();
    delivers(&mailer, &["SCRAM-SHA-1-PLUS"]);
    format!("{BOUND} in TLS 1.2")
}

/// Cyrus knows `tls-unique` alone, also in TLS 1.3, where it is none.
pub fn falls_back_to_scram_alone_in_tls_13(server: &mut ServerUnderTest) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    mailer.set_password(USER, PASSWORD);
    delivers(&mailer, &[BOUND, UNBOUND]);
    delivers(&mailer, &[UNBOUND]);
    format!("{UNBOUND} in TLS 1.3, after one refused {BOUND}")
}
