//! The npm package, by way of a registry for npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::consumer::Consumer;
use super::registry::Registry;
use super::{Folder, RECIPIENT, VERSION, example, release, step};
use crate::mail_server::TestMailServer;

/// Publishes, installs and sends.
pub fn npm() -> Result<(), String> {
    println!("The package for Node, by way of a registry for npm");
    let registry = step("  verdaccio starts on loopback", Registry::npm)?;
    let archive = release().join(format!("envoi-{VERSION}.tgz"));
    step(
        "  npm publish, the package and those that it depends on",
        || publish(&archive, &registry),
    )?;
    let mut consumer = Consumer::new("node", &[])?;
    consumer
        .folder
        .write("package.json", r#"{ "type": "module" }"#)?;
    consumer
        .folder
        .write(".npmrc", &format!("registry={}/\n", registry.url()))?;
    consumer
        .folder
        .copy(&example("node").join("send.mjs"), "send.mjs")?;
    consumer.types(&["npm", "install", "--no-audit", "--no-fund", "envoi"])?;
    let server = TestMailServer::start(|_| ());
    consumer.set("SMTP_URL", server.url_with_password());
    consumer.set("SMTP_CA", server.pem.clone());
    let said = consumer.types(&["node", "send.mjs", RECIPIENT])?;
    let delivery = server.delivery()?;
    println!(
        "  delivered: {} octets; the program says {}",
        delivery.message.len(),
        said.trim()
    );
    Ok(())
}

/// The dependencies come from npm's registry, and are published again: the registry on loopback asks no other one.
fn publish(archive: &Path, registry: &Registry) -> Result<(), String> {
    let folder = Folder::new("dependencies")?;
    folder.write("package.json", "{}")?;
    let mut install = Command::new("npm");
    install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
    setup::run(install.arg(archive).current_dir(&folder.0))?;
    // npm publishes nothing without a token, even if the registry takes packages from everyone.
    let token = format!("//{}/:_authToken=anyone\n", registry.address);
    folder.write("npmrc", &token)?;
    let dependencies = packages(&folder.0.join("node_modules"))?;
    let dependencies = dependencies.iter().filter(|it| !it.ends_with("envoi"));
    for package in dependencies.map(PathBuf::as_path).chain([archive]) {
        let mut publish = Command::new("npm");
        publish.args(["publish", "--ignore-scripts", "--registry", &registry.url()]);
        publish.arg("--userconfig").arg(folder.0.join("npmrc"));
        setup::run(publish.arg(package).current_dir(&folder.0))?;
    }
    Ok(())
}

/// The folders of the packages that are installed, those with a scope included.
fn packages(modules: &Path) -> Result<Vec<PathBuf>, String> {
    let said = |error| format!("{} cannot be read: {error}", modules.display());
    let mut packages = Vec::new();
    for entry in fs::read_dir(modules).map_err(said)? {
        let entry = entry.map_err(said)?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if name.starts_with('@') {
            packages.extend(self::packages(&entry.path())?);
        } else if !name.starts_with('.') {
            packages.push(entry.path());
        }
    }
    Ok(packages)
}
