//! What the messages say. The component composes them.

use rust_host::state::State;
use wasmtime::{Result, Store};

use crate::host::EnvoiAsync;
use crate::host::exports::envoi::mail::compose::{Address, Composed};

pub(crate) struct Message<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) number: u32,
}

impl Message<'_> {
    pub(crate) async fn compose(
        &self,
        store: &mut Store<State>,
        envoi: &EnvoiAsync,
    ) -> Result<Composed> {
        let drafts = envoi.envoi_mail_compose().draft();
        let draft = drafts.call_constructor(&mut *store).await?;
        let from = [address(Some("The Host"), self.from)];
        drafts.call_set_from(&mut *store, draft, &from).await??;
        let to = [address(None, self.to)];
        drafts.call_set_to(&mut *store, draft, &to).await??;
        let subject = format!("Message {}", self.number);
        drafts
            .call_set_subject(&mut *store, draft, &subject)
            .await??;
        drafts
            .call_set_text(&mut *store, draft, "Sent by a component.\n")
            .await?;
        let composed = drafts.call_compose(&mut *store, draft).await??;
        draft.resource_drop_async(store).await?;
        Ok(composed)
    }
}

fn address(name: Option<&str>, mailbox: &str) -> Address {
    Address {
        name: name.map(str::to_owned),
        mailbox: mailbox.into(),
    }
}
