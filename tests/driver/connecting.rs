//! Name lookup and Happy Eyeballs (RFC 8305).

use std::time::Duration;

use envoi::Mailer;
use envoi::net;
use envoi::smtp::error::{Error, Phase, Timeout};

use super::network::{FakeNetwork, HOST, both_ways};

const GREETING: &str = "S: 220 mail.example.org ESMTP";

const IPV6: &str = "2001:db8::1";
const IPV4: &str = "192.0.2.1";

fn dial(network: &FakeNetwork) -> Result<(), Error> {
    network.run(network.mailer().dial()).map(drop)
}

fn attempts(expected: &[(u128, &str)]) -> Vec<(u128, String)> {
    let owned = |(time, ip): &(u128, &str)| (*time, ip.to_string());
    expected.iter().map(owned).collect()
}

#[test]
fn an_ip_address_is_not_looked_up() {
    both_ways(|network| {
        network.connects(IPV4, 0, GREETING);
        let mut mailer = Mailer::over(network.clone(), IPV4.into());
        let client = network.run(mailer.dial()).unwrap();
        assert_eq!(client.greeting().code, 220);
    });
}

// Conformance: 63
#[test]
fn a_silent_address_costs_one_delay() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.ignores(IPV6);
        network.connects(IPV4, 30, GREETING);
        assert_eq!(dial(network), Ok(()));
        assert_eq!(network.attempts(), attempts(&[(0, IPV6), (250, IPV4)]));
        assert_eq!(network.elapsed(), Duration::from_millis(280));
    });
}

// Conformance: 63
#[test]
fn an_address_that_fails_costs_no_delay() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.fails(IPV6, net::Error::Failed("connection refused".into()));
        network.connects(IPV4, 30, GREETING);
        assert_eq!(dial(network), Ok(()));
        assert_eq!(network.attempts(), attempts(&[(0, IPV6), (0, IPV4)]));
    });
}

// Conformance: 63
#[test]
fn the_first_connection_wins_whoever_began_first() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.connects(IPV6, 300, GREETING);
        network.connects(IPV4, 100, "S: 554 The other address");
        assert_eq!(dial(network), Ok(()));
        assert_eq!(network.attempts(), attempts(&[(0, IPV6), (250, IPV4)]));
        assert_eq!(network.elapsed(), Duration::from_millis(300));
    });
}

#[test]
fn each_attempt_has_a_limit_of_its_own() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.ignores(IPV6);
        network.ignores(IPV4);
        let why = format!("{HOST} port 25: {IPV6}: no answer in time; {IPV4}: no answer in time");
        assert_eq!(dial(network), Err(Error::ConnectFailed(why)));
        assert_eq!(network.elapsed(), Duration::from_millis(30_250));
    });
}

#[test]
fn the_total_ends_all_attempts() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.ignores(IPV6);
        network.ignores(IPV4);
        let mut mailer = network.mailer();
        mailer.set_timeout(Timeout::Total, Some(Duration::from_secs(1)));
        let error = network.run(mailer.dial()).map(drop);
        assert_eq!(error, Err(Error::Timeout(Phase::Connect, Timeout::Total)));
        assert_eq!(network.elapsed(), Duration::from_secs(1));
    });
}

#[test]
fn a_host_that_denies_all_addresses_denies_access() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.fails(IPV6, net::Error::Denied);
        network.fails(IPV4, net::Error::Denied);
        assert_eq!(dial(network), Err(Error::AccessDenied(Phase::Connect)));
    });
}

#[test]
fn a_name_without_addresses_is_an_error() {
    both_ways(|network| {
        network.resolves_to(&[]);
        let why = format!("{HOST}: the name has no address");
        assert_eq!(dial(network), Err(Error::LookupFailed(why)));
    });
}

// Conformance: 63
#[test]
fn the_next_connection_begins_with_the_family_that_was_good() {
    both_ways(|network| {
        network.resolves_to(&[IPV6, IPV4]);
        network.ignores(IPV6);
        network.connects(IPV4, 0, GREETING);
        network.connects(IPV4, 0, GREETING);
        let mut mailer = network.mailer();
        for _ in 0..2 {
            network.run(mailer.dial()).unwrap();
        }
        let order = [(0, IPV6), (250, IPV4), (250, IPV4)];
        assert_eq!(network.attempts(), attempts(&order));
    });
}
