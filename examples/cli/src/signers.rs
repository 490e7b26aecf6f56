//! The keys for DKIM signatures (RFC 6376).

use crate::arguments::DkimKey;
use crate::envoi::mail::dkim::Signer;
use crate::envoi::mail::smtp::Mailer;
use crate::envoi::mail::smtp_dkim::set_signers;
use crate::exit::{CONFIGURATION, Failure};
use crate::files;

/// Makes the mailer sign with all of these keys.
pub(crate) fn set(mailer: &Mailer, keys: &[DkimKey]) -> Result<(), Failure> {
    let signers = keys.iter().map(signer).collect::<Result<Vec<_>, _>>()?;
    set_signers(mailer, &signers.iter().collect::<Vec<_>>());
    Ok(())
}

fn signer(key: &DkimKey) -> Result<Signer, Failure> {
    let DkimKey {
        domain,
        selector,
        file,
    } = key;
    let signer = Signer::new(domain, selector, &files::read(file)?);
    signer.map_err(|why| Failure::new(CONFIGURATION, format!("--dkim {file}: {why}")))
}
