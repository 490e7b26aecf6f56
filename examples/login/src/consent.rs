//! Leads the person through consent.

use core::time::Duration;

use envoi_oauth::consent::{Browser, Device, Metadata, Poll, Redirect};
use envoi_oauth::wasi::{Timer, exchange, now};
use envoi_oauth::{Endpoint, Failure, Remedy};
use wasip2::random::random::get_random_bytes;
use zeroize::Zeroizing;

use crate::arguments::{Arguments, Provider};
use crate::listener::Listener;
use crate::say;

/// As long as codes on other devices last.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

pub(crate) struct Consented {
    pub token_url: String,
    pub refresh_token: Zeroizing<String>,
}

pub(crate) fn get(arguments: &Arguments) -> Result<Consented, Failure> {
    let metadata = metadata(&arguments.provider)?;
    let token_url = metadata.token.to_string();
    let refresh_token = match (&metadata.device_authorization, &metadata.authorization) {
        (Some(device), _) => on_another_device(arguments, device, metadata.token)?,
        (None, Some(authorization)) => in_a_browser(arguments, authorization, metadata.token)?,
        (None, None) => {
            return Err(Failure::mend(
                "the server's metadata name neither an authorization endpoint nor one for devices",
            ));
        }
    };
    Ok(Consented {
        token_url,
        refresh_token,
    })
}

fn metadata(provider: &Provider) -> Result<Metadata, Failure> {
    let issuer = match provider {
        Provider::Google => return Metadata::google(),
        Provider::Microsoft { tenant } => return Metadata::microsoft(tenant),
        Provider::Issuer(url) => Endpoint::parse("provider", url)?,
    };
    let [first, second] = Metadata::requests(&issuer)?;
    match exchange(&first) {
        Ok(answer) if answer.status == 200 => Metadata::read(&issuer, Ok(answer)),
        _ => Metadata::read(&issuer, exchange(&second)),
    }
}

fn on_another_device(
    arguments: &Arguments,
    device: &Endpoint,
    token: Endpoint,
) -> Result<Zeroizing<String>, Failure> {
    let client = arguments.client()?;
    let asked = now();
    let request = Device::begin(device, &client, &arguments.scope);
    let mut device = Device::read(client, token, &request, exchange(&request), asked)?;
    say(&format!(
        "On any device, open\n\n    {}\n\nand type the code\n\n    {}\n\nNobody else should have sent you such a \
         code. Waiting...\n",
        device.verification_uri, device.user_code
    ));
    let mut pause = device.interval();
    loop {
        Timer::after(pause).wait();
        let request = device.poll();
        let answer = exchange(&request);
        match device.receive(&request, answer, now())? {
            Poll::Done(refresh_token) => return Ok(refresh_token),
            Poll::Again(later) => pause = later,
        }
    }
}

fn in_a_browser(
    arguments: &Arguments,
    authorization: &Endpoint,
    token: Endpoint,
) -> Result<Zeroizing<String>, Failure> {
    let listener = Listener::open().map_err(Failure::mend)?;
    let mut random = Zeroizing::new([0; 64]);
    random.copy_from_slice(&Zeroizing::new(get_random_bytes(64)));
    let browser = Browser::new(arguments.client()?, token, listener.port, &random);
    say(&format!(
        "In a browser on this machine, open\n\n{}\n\nWaiting...\n",
        browser.url(authorization, &arguments.scope)
    ));
    let code = redirected(&listener, &browser)?;
    let request = browser.request(&code);
    Browser::receive(&request, exchange(&request), now().unix)
}

/// The authorization code.
fn redirected(listener: &Listener, browser: &Browser) -> Result<Zeroizing<String>, Failure> {
    let end = Timer::after(PATIENCE);
    while let Some(visit) = listener.next(&end) {
        match browser.read(&visit.target) {
            Redirect::Code(code) => {
                visit.answer(
                    "200 OK",
                    "That is all here. Go back to the terminal, and close this page.",
                );
                return Ok(code);
            }
            Redirect::Refused(failure) => {
                visit.answer(
                    "200 OK",
                    "Consent was not given. Go back to the terminal, and close this page.",
                );
                return Err(failure);
            }
            Redirect::Other => visit.answer("404 Not Found", "There is nothing here."),
        }
    }
    Err(Failure {
        remedy: Remedy::AskTheUser,
        code: None,
        sentence: "nobody consented within 15 minutes: begin again".into(),
    })
}
