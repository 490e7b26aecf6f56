//! The settings, from environment variables (`wasmtime serve --env NAME=VALUE`).

use wasip2::cli::environment::get_environment;

use crate::delivery::Fault;

/// No `Debug`, because the server's URL contains a password.
pub struct Configuration {
    /// The mail server, such as `smtps://user:password@mail.example.org`.
    pub server: String,
    /// The recipient of the messages.
    pub to: String,
    /// The sender: an address that the mail server allows this user.
    pub from: String,
    /// The name in the server's certificate, if the URL has an IP address.
    pub server_name: Option<String>,
    /// Certificates in PEM, if the server's certificate comes from your own authority.
    pub authorities: Option<String>,
}

impl Configuration {
    pub fn read() -> Result<Self, Fault> {
        let environment = get_environment();
        let find = |wanted: &str| {
            let mut variables = environment.iter();
            let found = variables.find(|(name, value)| name == wanted && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        let need = |name: &str| {
            let missing = || Fault::set_up(format!("{name} is not set in the environment"));
            find(name).ok_or_else(missing)
        };
        Ok(Self {
            server: need("SMTP_URL")?,
            to: need("CONTACT_TO")?,
            from: need("CONTACT_FROM")?,
            server_name: find("SMTP_SERVER_NAME"),
            authorities: find("SMTP_CA"),
        })
    }
}
