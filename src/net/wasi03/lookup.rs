//! Name lookup.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::timer::within;
use super::wasi::sockets::ip_name_lookup::{ErrorCode, resolve_addresses};
use super::wasi::sockets::types::IpAddress;
use crate::net::{Deadline, Error, MAX_ADDRESSES};

pub(super) async fn lookup(name: &str, deadline: Deadline) -> Result<Vec<IpAddr>, Error> {
    let resolved = within(deadline, resolve_addresses(name.into())).await?;
    let mut found = Vec::new();
    for address in resolved.map_err(to_error)? {
        let ip = to_ip(address);
        if found.len() < MAX_ADDRESSES && !found.contains(&ip) {
            found.push(ip);
        }
    }
    Ok(found)
}

fn to_error(code: ErrorCode) -> Error {
    match code {
        // A name that does not exist is `name-unresolvable`. wasmtime reports a permanent failure of the
        // resolver if it grants this component no lookups.
        ErrorCode::AccessDenied | ErrorCode::PermanentResolverFailure => Error::Denied,
        ErrorCode::NameUnresolvable => Error::no_such_name(),
        ErrorCode::TemporaryResolverFailure => Error::resolver_fails(),
        ErrorCode::InvalidArgument => Error::Failed("invalid argument".into()),
        ErrorCode::Other(why) => Error::Failed(why.unwrap_or_else(|| "unknown".into())),
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
