//! Products of numbers of five limbs, where what is above the fifth limb comes below, times a small
//! number: what Poly1305 and X25519 have in common. No carry is done here.

use core::array::from_fn;

use zeroize::Zeroize;

use crate::lanes::{Lanes, Wide};

/// One in each lane, the lowest limb first.
pub type Numbers = [Lanes; 5];

/// The limbs that make each limb of a square, of two that meet the lower one.
const SQUARE: [[usize; 3]; 5] = [[0, 1, 2], [0, 2, 3], [0, 1, 3], [0, 1, 4], [0, 1, 2]];

pub struct Multiplier {
    limbs: Numbers,
    folded: Numbers,
}

impl Multiplier {
    #[inline(always)]
    pub fn new(limbs: Numbers, fold: u32) -> Self {
        let folded = limbs.map(|limb| limb.scale(fold));
        Self { limbs, folded }
    }

    /// The halves of each vector in each other's place.
    #[inline(always)]
    pub fn crossed(&self) -> Self {
        Self {
            limbs: self.limbs.map(Lanes::crossed),
            folded: self.folded.map(Lanes::crossed),
        }
    }

    #[inline(always)]
    pub fn times(&self, numbers: &Numbers) -> [Wide; 5] {
        from_fn(|at| {
            let product = |of: usize| numbers[of].times(self.beside(of, at));
            (1..5).fold(product(0), |sum, of| sum.add(product(of)))
        })
    }

    /// In fewer products than by `times`.
    #[inline(always)]
    pub fn squared(&self) -> [Wide; 5] {
        from_fn(|at| {
            let [a, b, c] = SQUARE[at].map(|of| {
                let limb = self.limbs[of];
                match 2 * of % 5 == at {
                    true => limb.times(self.beside(of, at)),
                    false => limb.add(limb).times(self.beside(of, at)),
                }
            });
            a.add(b).add(c)
        })
    }

    /// What a limb is multiplied with for another limb.
    #[inline(always)]
    fn beside(&self, of: usize, at: usize) -> Lanes {
        match of <= at {
            true => self.limbs[at - of],
            false => self.folded[5 + at - of],
        }
    }
}

impl Zeroize for Multiplier {
    fn zeroize(&mut self) {
        self.limbs.zeroize();
        self.folded.zeroize();
    }
}
