//! A corpus of chains, each verified by envoi in a handshake and by OpenSSL.

mod algorithms;
mod certificate;
mod der;
mod issuers;
mod judge;
mod keys;
mod names;
mod openssl;
mod shapes;
mod trusted_certificate;
mod usage;
mod validity;

use judge::judge;

#[test]
fn dates() {
    judge(validity::rows());
}

#[test]
fn names() {
    judge(names::rows());
}

#[test]
fn addresses() {
    judge(names::addresses());
}

#[test]
fn paths() {
    judge(issuers::paths());
}

#[test]
fn authorities() {
    judge(issuers::authorities());
}

#[test]
fn the_servers_own_certificate_if_added() {
    judge(trusted_certificate::rows());
}

// Conformance: 43
#[test]
fn the_servers_own_certificate_without_a_subject_alternative_name() {
    judge(trusted_certificate::names());
}

// Conformance: 43
#[test]
fn an_added_certificate_vouches_for_no_other() {
    judge(trusted_certificate::others());
}

#[test]
fn purposes() {
    judge(usage::purposes());
}

#[test]
fn constraints() {
    judge(usage::constraints());
}

#[test]
fn extensions() {
    judge(usage::extensions());
}

#[test]
fn keys_and_signatures() {
    judge(algorithms::rows());
}

#[test]
fn sizes_and_oddities() {
    judge(shapes::rows());
}

#[test]
fn the_corpus_is_complete() {
    let families = [
        validity::rows,
        names::rows,
        names::addresses,
        issuers::paths,
        issuers::authorities,
        trusted_certificate::rows,
        trusted_certificate::names,
        trusted_certificate::others,
        usage::purposes,
        usage::constraints,
        usage::extensions,
        algorithms::rows,
        shapes::rows,
    ];
    let rows: usize = families.iter().map(|rows| rows().len()).sum();
    assert!(rows >= 140, "{rows}");
}
