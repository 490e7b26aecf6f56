//! What the environment says (`wasmtime serve --env NAME=VALUE`).

use wasip2::cli::environment::get_environment;

use crate::delivery::Fault;

/// No `Debug`: the server's URL holds a password.
pub struct Configuration {
    /// The mail server, such as `smtps://user:password@mail.example.org`.
    pub server: String,
    /// Who gets the letters.
    pub to: String,
    /// Whom they are from: an address that the mail server lets this user send from.
    pub from: String,
    /// The name in the server's certificate, where the URL has an IP address.
    pub server_name: Option<String>,
    /// PEM: where the server's certificate is of an authority of one's own.
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
