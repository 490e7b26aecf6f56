//! Name lookup.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasi::sockets::instance_network::instance_network;
use wasi::sockets::ip_name_lookup::resolve_addresses;
use wasi::sockets::network::{ErrorCode, IpAddress};

use super::Wasi;
use super::executor::Event;
use super::timer::ReusableTimer;
use crate::net::{Deadline, Error, MAX_ADDRESSES};

pub(super) async fn lookup(name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
    let network = instance_network();
    let stream = resolve_addresses(&network, name).map_err(to_error)?;
    let mut found = Vec::new();
    while found.len() < MAX_ADDRESSES {
        match stream.resolve_next_address() {
            Ok(Some(address)) => {
                let ip = to_ip(address);
                if !found.contains(&ip) {
                    found.push(ip);
                }
            }
            Ok(None) => break,
            // A host may say so for ever.
            Err(ErrorCode::WouldBlock) if deadline.has_passed(&Wasi) => {
                return Err(Error::TimedOut);
            }
            Err(ErrorCode::WouldBlock) => {
                let resolved = Event::new(stream.subscribe());
                ReusableTimer::default()
                    .wait(deadline, &[&resolved])
                    .await?;
            }
            Err(code) => return Err(to_error(code)),
        }
    }
    Ok(found)
}

fn to_error(code: ErrorCode) -> Error {
    match code {
        // A name that does not exist is `name-unresolvable`. Hosts that grant this component no lookups
        // (wasmtime, wasmCloud) report a permanent failure of the resolver.
        ErrorCode::AccessDenied | ErrorCode::PermanentResolverFailure => Error::Denied,
        ErrorCode::NameUnresolvable => Error::no_such_name(),
        ErrorCode::TemporaryResolverFailure => Error::resolver_fails(),
        code => Error::Failed(code.name().replace('-', " ")),
    }
}

/// Turns an IPv4 address that a resolver gives as IPv6 (`::ffff:192.0.2.1`; RFC 4291, section 2.5.5.2) back
/// into one of IPv4: WASI's sockets refuse to connect to the other form.
fn to_ip(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => {
            IpAddr::from(Ipv6Addr::new(a, b, c, d, e, f, g, h)).to_canonical()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_in_the_form_of_ipv6_becomes_one_of_ipv4() {
        let mapped = IpAddress::Ipv6((0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201));
        assert_eq!(to_ip(mapped).to_string(), "192.0.2.1");
        let other = IpAddress::Ipv6((0x2001, 0xdb8, 0, 0, 0, 0xffff, 0xc000, 0x0201));
        assert!(to_ip(other).is_ipv6());
    }
}
