//! The components and the WIT package, by way of an OCI registry.

use std::process::Command;
use std::{env, fs};

use servers::sink::Sink;

use super::consumer::Consumer;
use super::registry::Registry;
use super::{RECIPIENT, VERSION, example, read, release, step};
use crate::site;

/// What stands before the namespace in the registry.
const ORGANISATION: &str = "shop";

/// Publishes, fetches, composes and sends.
pub fn oci() -> Result<(), String> {
    println!("The component and the WIT package, by way of an OCI registry");
    let registry = step("  docker-registry starts on loopback", Registry::oci)?;
    publish(&registry)?;
    refuse(&registry)?;
    let consumer = consumer(&registry)?;
    consumer.types(&["wkg", "fetch"])?;
    let package = format!("envoi:envoi@{VERSION}");
    consumer.types(&["wkg", "get", &package, "--output", "./envoi.wasm"])?;
    compare(&consumer)?;
    consumer.types(&["npm", "install", "--no-audit", "--no-fund"])?;
    consumer.types(&["npm", "run", "build"])?;
    let plug = ["wac", "plug", "guest.wasm", "--plug", "envoi.wasm"];
    consumer.types(&[&plug[..], &["--output", "mailing.wasm"]].concat())?;
    call(&consumer)
}

/// Twice, because a publication that broke off is done again.
fn publish(registry: &Registry) -> Result<(), String> {
    let url = registry.url() + "/" + ORGANISATION;
    for what in ["", ", again: nothing changes"] {
        step(&format!("  cargo xtask dist --publish {url}{what}"), || {
            for line in publication(&url)?.lines() {
                println!("    {line}");
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// A version that is there with another file is never replaced.
fn refuse(registry: &Registry) -> Result<(), String> {
    let taken = format!("{}/taken/envoi/mail:{VERSION}", registry.address);
    step(
        &format!("  {taken} is published with another file: refused"),
        || {
            let mut push = Command::new(setup::wkg()?);
            push.args(["oci", "push", "--insecure", &registry.address, &taken]);
            setup::run(push.arg(release().join("envoi-compose.wasm")))?;
            match publication(&format!("{}/taken", registry.url())) {
                Err(why) if why.contains("is there already, and is not envoi-mail") => Ok(()),
                Err(why) => Err(format!("it was refused for another reason: {why}")),
                Ok(_) => Err("it was replaced".into()),
            }
        },
    )
}

fn publication(url: &str) -> Result<String, String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.env("RUST_BACKTRACE", "0");
    setup::run(cargo.args(["xtask", "dist", "--publish", url]))
}

/// With the source of `examples/guest-javascript`, the tools, and the configuration that RELEASE.md has.
fn consumer(registry: &Registry) -> Result<Consumer, String> {
    let tools = [setup::wkg()?, setup::wac()?, site::wasmtime()?];
    let mut consumer = Consumer::new("guest", &tools)?;
    for file in ["guest.js", "package.json", "wit/guest.wit"] {
        let source = example("guest-javascript").join(file);
        consumer.folder.copy(&source, file)?;
    }
    let text = read(&release().join("RELEASE.md"))?;
    let configuration = configuration(&text, &registry.address)?;
    consumer.folder.write("wkg-config.toml", &configuration)?;
    // The user's own configuration and files are left alone.
    let inside = |name| consumer.folder.0.join(name).display().to_string();
    let (configuration, cache) = (inside("wkg-config.toml"), inside("wkg-cache"));
    // The last lines of an error are its reason.
    consumer.set("RUST_BACKTRACE", "0".into());
    consumer.set("WKG_CONFIG_FILE", configuration);
    consumer.set("WKG_CACHE_DIR", cache);
    Ok(consumer)
}

/// That of RELEASE.md, for an organisation in a registry on loopback, without TLS.
fn configuration(release: &str, address: &str) -> Result<String, String> {
    let rest = release.split_once("```toml\n").map(|(_, rest)| rest);
    let text = rest.and_then(|rest| rest.split("```").next());
    let text = text.ok_or("RELEASE.md has no configuration for wkg")?;
    let text = text
        .replace("ghcr.io", address)
        .replace("ORGANISATION", ORGANISATION);
    Ok(format!(
        "{text}\n[registry.\"{address}\".oci]\nprotocol = \"http\"\n"
    ))
}

/// The component is the one of the release, octet by octet.
fn compare(consumer: &Consumer) -> Result<(), String> {
    let [published, fetched] = [release(), consumer.folder.0.clone()].map(|folder| {
        fs::read(folder.join("envoi.wasm")).map_err(|error| format!("envoi.wasm: {error}"))
    });
    if published? != fetched? {
        return Err("the component that came back is another one".into());
    }
    Ok(())
}

/// Calls the guest, which sends a message to a server on loopback.
fn call(consumer: &Consumer) -> Result<(), String> {
    let sink = Sink::open(|_| ());
    let call = format!("welcome(\"smtp://{}\", \"{RECIPIENT}\")", sink.address());
    let grants = ["-S", "inherit-network,allow-ip-name-lookup"];
    let words = [&["wasmtime", "run"], &grants[..], &["--invoke", &call]].concat();
    let said = consumer.types(&[&words[..], &["mailing.wasm"]].concat())?;
    match sink.deliveries().as_slice() {
        [delivery] if delivery.recipients == [RECIPIENT] => {
            println!(
                "  delivered: {} octets; the guest returns {}",
                delivery.message.len(),
                said.trim()
            );
            Ok(())
        }
        others => Err(format!(
            "{} messages arrived; wasmtime said {said}",
            others.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::configuration;

    #[test]
    fn the_configuration_of_a_release_is_read_for_another_registry() {
        let text = "…\n```toml\nenvoi = { registry = \"ghcr.io\", namespacePrefix = \"ORGANISATION/\" }\n```\n";
        let read = configuration(text, "127.0.0.1:1").unwrap();
        let expected = "envoi = { registry = \"127.0.0.1:1\", namespacePrefix = \"shop/\" }\n\n\
                        [registry.\"127.0.0.1:1\".oci]\nprotocol = \"http\"\n";
        assert_eq!(read, expected);
        configuration("no block", "127.0.0.1:1").unwrap_err();
    }
}
