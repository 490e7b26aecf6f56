//! The running server: its ports, its URLs, and what it was asked.

use std::fs;
use std::process::Command;

use super::configuration::{Client, MAIL_SERVER, environment};
use super::request::Request;
use crate::authority::Identity;
use crate::real::instance::Instance;
use crate::real::process::Process;
use crate::real::{Settings, TokenCheck};
use crate::report;

const NAME: &str = "oidc-provider";
const PACKAGE: &str = "oidc-provider@9.13.3";
const SCRIPT: &str = include_str!("../../../scripts/oidc_provider.mjs");

/// Dropping stops the server and removes its folder.
pub struct AuthorisationServer {
    /// The port of http, on 127.0.0.1.
    pub port: u16,
    /// The port of https, on 127.0.0.1. The issuer's name is that of http.
    pub tls_port: u16,
    // Dropped in this order, so that nobody writes to the folder when it is removed.
    _process: Process,
    instance: Instance,
}

impl AuthorisationServer {
    /// Installs the server if it is missing, and starts it; returns once both ports are open.
    pub fn start(identity: &Identity, clients: &[Client]) -> Result<AuthorisationServer, String> {
        AuthorisationServer::prepare()?;
        Process::try_to_start(NAME, || AuthorisationServer::attempt(identity, clients))
    }

    /// As [`AuthorisationServer::start`]. If this machine cannot have the server, the report says so, and
    /// the test goes on without it.
    ///
    /// # Panics
    /// If the machine can have the server but the server does not start.
    pub fn start_if_available(
        identity: &Identity,
        clients: &[Client],
    ) -> Option<AuthorisationServer> {
        if let Err(reason) = AuthorisationServer::prepare() {
            report::not_run(&NAME, &reason);
            return None;
        }
        let server = AuthorisationServer::start(identity, clients);
        Some(server.unwrap_or_else(|reason| panic!("{reason}")))
    }

    fn prepare() -> Result<(), String> {
        setup::npm(NAME, &[PACKAGE])?;
        setup::run(Command::new("node").arg("--version")).map(drop)
    }

    fn attempt(identity: &Identity, clients: &[Client]) -> Result<AuthorisationServer, String> {
        let instance = Instance::new(NAME, identity, Settings::default())
            .map_err(|error| error.to_string())?;
        let script = instance.folder.join("server.mjs");
        fs::write(&script, SCRIPT).map_err(|error| error.to_string())?;
        let packages = instance.packages.canonicalize();
        let mut command = Command::new("node");
        command
            .arg(script)
            .env("PACKAGES", packages.map_err(|error| error.to_string())?)
            .env("PORT", instance.port.to_string())
            .env("TLS_PORT", instance.tls_port.to_string())
            .envs(environment(clients));
        Ok(AuthorisationServer {
            port: instance.port,
            tls_port: instance.tls_port,
            _process: Process::start(command, &instance)?,
            instance,
        })
    }

    /// Over http, as all URLs here. For https, take the path and [`AuthorisationServer::tls_port`].
    pub fn token_url(&self) -> String {
        self.url("/token")
    }

    pub fn device_authorisation_url(&self) -> String {
        self.url("/device/auth")
    }

    /// How a mail server that accepts tokens of this scope checks them.
    pub fn introspection(&self, scope: &str) -> TokenCheck {
        let (id, secret) = (MAIL_SERVER.id, MAIL_SERVER.secret);
        TokenCheck::Introspection {
            url: format!(
                "http://{id}:{secret}@127.0.0.1:{}/token/introspection",
                self.port
            ),
            scope: scope.into(),
        }
    }

    /// What it has answered, in that order.
    pub fn requests(&self) -> Vec<Request> {
        let requests = fs::read_to_string(self.instance.folder.join("requests"));
        let requests = requests.unwrap_or_default();
        requests.lines().filter_map(Request::parse).collect()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}
