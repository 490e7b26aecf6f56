//! SCRAM that is bound to the TLS connection, at a server that has it.

use host_tests::{Mailer, Security};
use servers::real::{PASSWORD, USER};

use crate::visit::{MESSAGE, Visit, codes, instance, to, tried};

/// What it may take to find out what the server takes.
const BOUND: &str = "SCRAM-SHA-256-PLUS";
const UNBOUND: &str = "SCRAM-SHA-256";

/// Over a connection of its own, with these mechanisms tried.
#[track_caller]
fn delivers(mailer: &Mailer, mechanisms: &[&str]) {
    let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
    assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
    assert_eq!(tried(mailer, PASSWORD), mechanisms);
    mailer.close();
}

/// The server's second port, which speaks TLS 1.2.
pub fn prove_the_user_in_tls_12(visit: &mut Visit) -> String {
    let instance = instance();
    let mailer = visit.mailer(&instance, Security::Starttls);
    mailer.set_port(visit.server.tls_port);
    mailer.set_password(USER, PASSWORD);
    // The second session is resumed, where the server resumes any.
    delivers(&mailer, &[BOUND]);
    delivers(&mailer, &[BOUND]);
    mailer.set_mechanisms(&["SCRAM-SHA-1-PLUS"]).unwrap();
    delivers(&mailer, &["SCRAM-SHA-1-PLUS"]);
    format!("{BOUND} in TLS 1.2")
}

/// Cyrus knows `tls-unique` alone, also in TLS 1.3, where it is none.
pub fn cost_one_failure_where_the_server_has_none_for_tls_13(visit: &mut Visit) -> String {
    let instance = instance();
    let mailer = visit.mailer(&instance, Security::Starttls);
    mailer.set_password(USER, PASSWORD);
    delivers(&mailer, &[BOUND, UNBOUND]);
    delivers(&mailer, &[UNBOUND]);
    format!("{UNBOUND} in TLS 1.3, after one refused {BOUND}")
}
