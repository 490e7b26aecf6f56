//! What the messages say. The component composes them.

use rust_host::state::State;
use wasmtime::{Result, Store};

use crate::host::Envoi;
use crate::host::exports::envoi::mail::compose::{Address, Composed};

pub(crate) struct Message<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) number: u32,
}

impl Message<'_> {
    pub(crate) fn compose(&self, store: &mut Store<State>, envoi: &Envoi) -> Result<Composed> {
        let drafts = envoi.envoi_mail_compose().draft();
        let draft = drafts.call_constructor(&mut *store)?;
        drafts.call_set_from(&mut *store, draft, &[address(Some("The Host"), self.from)])??;
        drafts.call_set_to(&mut *store, draft, &[address(None, self.to)])??;
        let subject = format!("Message {}", self.number);
        drafts.call_set_subject(&mut *store, draft, &subject)??;
        drafts.call_set_text(&mut *store, draft, "Sent by a component.\n")?;
        drafts.call_set_html(&mut *store, draft, "<p>Sent by a <b>component</b>.</p>\n")?;
        let composed = drafts.call_compose(&mut *store, draft)??;
        draft.resource_drop(store)?;
        Ok(composed)
    }
}

fn address(name: Option<&str>, mailbox: &str) -> Address {
    Address {
        name: name.map(str::to_owned),
        mailbox: mailbox.into(),
    }
}
