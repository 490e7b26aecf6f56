//! SHA-2 and HMAC of RustCrypto, compiled here for speed: TLS's key schedule calls them some hundred times.

use hmac::digest::common::{InvalidLength, Key, KeySizeUser};
use hmac::digest::{FixedOutput, HashMarker, MacMarker, Output, OutputSizeUser, Update};
use hmac::{Hmac, KeyInit};

macro_rules! compiled_here {
    ($name:ident, $hash:ty) => {
        #[derive(Clone)]
        pub struct $name($hash);

        impl OutputSizeUser for $name {
            type OutputSize = <$hash as OutputSizeUser>::OutputSize;
        }

        impl Update for $name {
            #[inline(never)]
            fn update(&mut self, data: &[u8]) {
                Update::update(&mut self.0, data);
            }
        }

        impl FixedOutput for $name {
            #[inline(never)]
            fn finalize_into(self, output: &mut Output<Self>) {
                self.0.finalize_into(output);
            }
        }
    };
}

macro_rules! hash {
    ($name:ident, $hash:ty) => {
        compiled_here!($name, $hash);

        impl HashMarker for $name {}

        impl Default for $name {
            fn default() -> Self {
                Self(<$hash>::default())
            }
        }
    };
}

macro_rules! hmac {
    ($name:ident, $hmac:ty) => {
        compiled_here!($name, $hmac);

        impl MacMarker for $name {}

        impl KeySizeUser for $name {
            type KeySize = <$hmac as KeySizeUser>::KeySize;
        }

        impl KeyInit for $name {
            fn new(key: &Key<Self>) -> Self {
                Self(<$hmac>::new(key))
            }

            #[inline(never)]
            fn new_from_slice(key: &[u8]) -> Result<Self, InvalidLength> {
                <$hmac as KeyInit>::new_from_slice(key).map(Self)
            }
        }
    };
}

hash!(Sha256, sha2::Sha256);
hash!(Sha384, sha2::Sha384);
hmac!(HmacSha256, Hmac<sha2::Sha256>);
hmac!(HmacSha384, Hmac<sha2::Sha384>);
