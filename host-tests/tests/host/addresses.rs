//! A server with several addresses (Happy Eyeballs).

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use host_tests::{Error, Grants, Host, Instance, Mailer, Security};
use servers::authority::Authority;
use servers::ports::UnresponsivePort;
use servers::scripted::Server;

use crate::support::*;
use crate::tls::secured;

/// The address of the scripted servers.
const LIVE: &str = "127.0.0.1";
/// Another address of this machine, at which nobody listens.
const DEAD: &str = "127.0.0.2";

/// An instance for which `mail.test` has these addresses, and a record of the ones that it tries.
fn resolving(addresses: &[&str]) -> (Instance, Arc<Mutex<Vec<IpAddr>>>) {
    let addresses = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
    let tried = Arc::new(Mutex::new(Vec::new()));
    let connecting = tried.clone();
    let instance = Host::shared().instance(Grants {
        resolver: Some([("mail.test".into(), addresses)].into()),
        connecting: Some(Arc::new(move |address: SocketAddr| {
            connecting.lock().unwrap().push(address.ip());
        })),
        ..Grants::all()
    });
    (instance, tried)
}

fn by_name<'a>(instance: &'a Instance, server: &Server) -> Mailer<'a> {
    let mailer = instance.mailer("mail.test");
    mailer.set_port(server.port());
    mailer.set_security(Security::Plaintext);
    mailer
}

fn texts(tried: &Mutex<Vec<IpAddr>>) -> Vec<String> {
    std::mem::take(&mut *tried.lock().unwrap())
        .iter()
        .map(IpAddr::to_string)
        .collect()
}

// Conformance: 27
#[test]
fn if_one_address_refuses_the_next_is_tried() {
    let server = Server::start([delivery()]);
    let (instance, tried) = resolving(&[DEAD, LIVE]);
    expect_delivery(&by_name(&instance, &server));
    assert_eq!(texts(&tried), [DEAD, LIVE]);
    server.finish();
}

#[test]
fn an_ipv4_mapped_address_is_connected_to_as_ipv4() {
    let server = Server::start([delivery()]);
    let (instance, tried) = resolving(&["::ffff:127.0.0.2", "::ffff:127.0.0.1", LIVE]);
    expect_delivery(&by_name(&instance, &server));
    assert_eq!(texts(&tried), [DEAD, LIVE]);
    server.finish();
}

#[test]
fn a_host_may_be_an_ipv4_mapped_address() {
    let server = Server::start([delivery()]);
    let instance = instance();
    let mailer = instance.mailer("::ffff:127.0.0.1");
    mailer.set_port(server.port());
    mailer.set_security(Security::Plaintext);
    expect_delivery(&mailer);
    server.finish();
}

// Conformance: 27, 63
#[test]
fn an_unresponsive_address_does_not_delay_the_others() {
    let server = Server::start([delivery()]);
    let _unresponsive =
        UnresponsivePort::start_at(SocketAddr::new(DEAD.parse().unwrap(), server.port()));
    let (mut instance, tried) = resolving(&[DEAD, LIVE]);
    // A third of the timeout for each address.
    instance.set_limit(Duration::from_secs(10));
    expect_delivery(&by_name(&instance, &server));
    assert_eq!(texts(&tried), [DEAD, LIVE]);
    server.finish();
}

#[test]
fn a_host_with_a_last_dot_is_looked_up_and_verified_without_it() {
    let authority = Authority::new();
    let secured = secured(&authority.issue(&["mail.test"]));
    let server = Server::start([secured.followed_by(message())]);
    let (instance, tried) = resolving(&[LIVE]);
    let mailer = instance.mailer("mail.test.");
    mailer.set_port(server.port());
    mailer.add_trust_anchors(authority.der()).unwrap();
    expect_delivery(&mailer);
    assert_eq!(texts(&tried), [LIVE]);
    server.finish();
}

// Conformance: 63
#[test]
fn the_address_family_that_worked_is_tried_first_next_time() {
    let server = Server::start([delivery().followed_by(quit()), delivery()]);
    let (instance, tried) = resolving(&["::1", LIVE]);
    let mailer = by_name(&instance, &server);
    expect_delivery(&mailer);
    assert_eq!(texts(&tried), ["::1", LIVE]);
    mailer.close();
    expect_delivery(&mailer);
    assert_eq!(texts(&tried), [LIVE]);
    server.finish();
}

#[test]
fn if_no_address_works_each_is_named_with_its_reason() {
    let server = Server::start([]);
    let (instance, _) = resolving(&[DEAD, "127.0.0.3"]);
    let error = by_name(&instance, &server).send(&to_b(), MESSAGE);
    assert!(
        matches!(&error, Err(Error::ConnectFailed(why))
            if why.contains("127.0.0.2: connection refused")
                && why.contains("127.0.0.3: connection refused")),
        "{error:?}"
    );
    server.finish();
}

#[test]
fn an_unresponsive_address_is_given_up_after_its_timeout() {
    let server = Server::start([]);
    let _unresponsive =
        UnresponsivePort::start_at(SocketAddr::new(DEAD.parse().unwrap(), server.port()));
    let (instance, _) = resolving(&[DEAD, "127.0.0.3"]);
    let mailer = by_name(&instance, &server);
    mailer.set_timeout(host_tests::Timeout::Connect, Duration::from_millis(400));
    let error = mailer.send(&to_b(), MESSAGE);
    assert!(
        matches!(&error, Err(Error::ConnectFailed(why))
            if why.contains("127.0.0.2: no answer in time")),
        "{error:?}"
    );
    server.finish();
}
