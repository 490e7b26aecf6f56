#!/bin/bash
# mail-auth 0.13 fails a relaxed body that ends in lines of white space alone.
#
# The relaxed form of a body has no white space at the ends of lines, and no empty lines at its end (RFC 6376,
# section 3.4.4): a line of white space alone becomes empty, and at the end it counts for nothing. mail-auth
# 0.13.3 keeps such lines, so that its hash of the body differs. dkimpy passes the message. mail-auth 0.15 mends it.
#
# Seen with mail-auth 0.13.3 and dkimpy 1.1.8. Needs cargo (its download and build take minutes), pip, openssl and
# python3. Fails if the behaviour differs.
set -euo pipefail
VERSION=0.13.3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PIP_ROOT_USER_ACTION=ignore pip install --quiet --disable-pip-version-check --target "$folder/packages" dkimpy==1.1.8 dnspython==2.8.0
openssl genrsa -out "$folder/key.pem" 2048 2>/dev/null
record="v=DKIM1; k=rsa; p=$(openssl pkey -in "$folder/key.pem" -pubout -outform DER | base64 -w0)"

mkdir "$folder/src"
cat >"$folder/Cargo.toml" <<TOML
[package]
name = "verify"
edition = "2021"

[dependencies]
mail-auth = { version = "=$VERSION", default-features = false, features = ["dns-hickory", "rust-crypto"] }
tokio = { version = "1", default-features = false, features = ["rt"] }

[profile.dev]
debug = false
TOML
cat >"$folder/src/main.rs" <<'RUST'
use std::{borrow::Borrow, hash::Hash, sync::Arc, time::Instant};

use mail_auth::common::{parse::TxtRecordParser, verify::DomainKey};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};

/// Instead of DNS: one record for every name.
struct Record(Txt);

impl ResolverCache<Box<str>, Txt> for Record {
    fn get<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        Some(self.0.clone())
    }
    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }
    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let key = DomainKey::parse(arguments.next().unwrap().as_bytes()).unwrap();
    let record = Record(Txt::DomainKey(Arc::new(key)));
    let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let verifier = MessageAuthenticator::new(nobody, ResolverOpts::default()).unwrap();
        let message = std::fs::read(arguments.next().unwrap()).unwrap();
        let message = AuthenticatedMessage::parse(&message).unwrap();
        let results = verifier.verify_dkim(Parameters::new(&message).with_txt_cache(&record)).await;
        match results[0].result() {
            DkimResult::Pass => println!("pass"),
            other => println!("{other:?}"),
        }
    });
}
RUST
cargo build --quiet --manifest-path "$folder/Cargo.toml" --target-dir "$folder/target"

PYTHONPATH="$folder/packages" python3 - "$folder" "$record" <<'PY'
import subprocess, sys
import dkim

folder, record = sys.argv[1:]
key = open(folder + "/key.pem", "rb").read()
seen = []
for body in ["Hello.\r\n", "Hello.\r\n \t\r\n  \r\n"]:
    message = ("From: ann@example.org\r\nSubject: x\r\n\r\n" + body).encode()
    signature = dkim.sign(message, b"s", b"example.org", key, canonicalize=(b"relaxed", b"relaxed"))
    signed = signature + message
    open(folder + "/signed.eml", "wb").write(signed)
    dkimpy = "pass" if dkim.verify(signed, dnsfunc=lambda *_, **__: record.encode()) else "fail"
    program = [folder + "/target/debug/verify", record, folder + "/signed.eml"]
    mail_auth = subprocess.run(program, check=True, capture_output=True, text=True).stdout.strip()
    print(f"{body!r}: dkimpy {dkimpy}, mail-auth {mail_auth}")
    seen += [dkimpy, mail_auth]
if seen != ["pass", "pass", "pass", "Neutral(Dkim(FailedBodyHashMatch))"]:
    sys.exit(f"It has changed: {seen}")
PY
echo "mail-auth $VERSION: a body that ends in lines of white space alone does not verify; unchanged."
