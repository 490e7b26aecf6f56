//! SCRAM with channel binding, at a server that offers it.

use host_tests::{Mailer, Security};
use servers::real::{PASSWORD, USER};

use crate::server_under_test::{MESSAGE, ServerUnderTest, codes, instance, mechanisms_tried, to};

/// The mechanism with channel binding, and the one without.
const BOUND: &str = "SCRAM-SHA-256-PLUS";
const UNBOUND: &str = "SCRAM-SHA-256";

/// Delivers over a new connection, and expects that these mechanisms are tried.
#[track_caller]
fn delivers(mailer: &Mailer, mechanisms: &[&str]) {
    let receipt = mailer.send(&to(&[USER]), MESSAGE).unwrap();
    assert_eq!(codes(&receipt.accepted), [(USER, 250)]);
    assert_eq!(mechanisms_tried(mailer, PASSWORD), mechanisms);
    mailer.close();
}

/// The server's second port speaks TLS 1.2.
pub(crate) fn authenticates_in_tls_12(server: &mut ServerUnderTest) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    mailer.set_port(server.real.tls_port);
    mailer.set_password(USER, PASSWORD);
    // The second session is resumed, if the server resumes sessions.
    delivers(&mailer, &[BOUND]);
    delivers(&mailer, &[BOUND]);
    mailer.set_mechanisms(&["SCRAM-SHA-1-PLUS"]).unwrap();
    delivers(&mailer, &["SCRAM-SHA-1-PLUS"]);
    format!("{BOUND} in TLS 1.2")
}

/// Cyrus supports only `tls-unique`, also in TLS 1.3, which does not define it.
pub(crate) fn falls_back_to_scram_alone_in_tls_13(server: &mut ServerUnderTest) -> String {
    let instance = instance();
    let mailer = server.mailer(&instance, Security::Starttls);
    mailer.set_password(USER, PASSWORD);
    delivers(&mailer, &[BOUND, UNBOUND]);
    delivers(&mailer, &[UNBOUND]);
    format!("{UNBOUND} in TLS 1.3, after one refused {BOUND}")
}
