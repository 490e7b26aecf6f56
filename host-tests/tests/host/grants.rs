//! Hosts that grant less than everything, and networks without the server.

use host_tests::{Error, Grants, Host, Mailer, Phase, Security};
use servers::ports::RefusingPort;
use servers::scripted::Server;

use crate::support::*;

fn send_error(mailer: &Mailer) -> Error {
    mailer.send(&to_b(), MESSAGE).unwrap_err()
}

#[test]
fn denied_sockets_are_access_denied_at_connect() {
    for grants in [
        Grants {
            sockets: false,
            ..Grants::all()
        },
        Grants {
            addresses: false,
            ..Grants::all()
        },
    ] {
        let instance = Host::shared().instance(grants);
        let mailer = instance.mailer("127.0.0.1");
        for _ in 0..2 {
            assert_eq!(send_error(&mailer), Error::AccessDenied(Phase::Connect));
        }
    }
}

#[test]
fn without_name_lookup_addresses_still_work() {
    let instance = Host::shared().instance(Grants {
        names: false,
        ..Grants::all()
    });
    let by_name = instance.mailer("localhost");
    assert_eq!(send_error(&by_name), Error::AccessDenied(Phase::Lookup));

    let server = Server::start([delivery()]);
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

#[test]
fn a_name_without_an_address_is_a_lookup_failure() {
    let instance = instance();
    // This name is never in the DNS (RFC 6761, section 6.4).
    let error = send_error(&instance.mailer("mail.invalid"));
    assert!(
        matches!(&error, Error::LookupFailed(text) if text.contains("mail.invalid")),
        "{error:?}"
    );

    let server = Server::start([delivery()]);
    expect_delivery(&plain(&instance, &server));
    server.finish();
}

#[test]
fn a_port_without_a_listener_is_a_connect_failure() {
    let dead = RefusingPort::start();
    let instance = instance();
    let mailer = instance.mailer("127.0.0.1");
    mailer.set_port(dead.port());
    let error = send_error(&mailer);
    assert!(
        matches!(&error, Error::ConnectFailed(text) if text.contains("127.0.0.1")),
        "{error:?}"
    );

    let server = Server::start([delivery()]);
    mailer.set_port(server.port());
    mailer.set_security(Security::Plaintext);
    expect_delivery(&mailer);
    server.finish();
}
