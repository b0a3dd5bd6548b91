//! A definition before and after the check.
//!
//! [`Definition`] holds what was written, right or wrong, with its spans. [`Checked`] can hold
//! nothing that [`expand`](crate::expand) would have to refuse: what remains to be judged are
//! values, which only the compiler knows. Of a definition with mistakes, it holds the rest.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, LitStr, Path, Token, Visibility};

/// One item as it was written; nothing is judged yet.
pub(crate) struct Definition {
    pub(crate) item: Item,
    /// `static`, or what was written in its place.
    pub(crate) keyword: Ident,
    pub(crate) mutability: Option<Token![mut]>,
    /// `<..>` after the name; empty where there is none.
    pub(crate) generics: TokenStream,
    /// `= ..` after the type; empty where there is none.
    pub(crate) initialiser: TokenStream,
    pub(crate) settings: Vec<Setting>,
    /// Whether the compiler has read the item before: then it has reported generic parameters.
    pub(crate) is_parsed: bool,
    /// Whether a missing type has been reported, by it or otherwise.
    pub(crate) is_type_reported: bool,
}

/// What the macros pass on unchanged, be the rest right or wrong.
pub(crate) struct Item {
    /// All attributes but `#[mem_blocks]`.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    /// The place of `static`. The item begins and ends with words of the user's, so that lints and
    /// errors about the item as a whole are shown there.
    pub(crate) keyword: Span,
    pub(crate) name: Ident,
    pub(crate) colon: Token![:],
    /// Empty where no type was written.
    pub(crate) ty: TokenStream,
    pub(crate) semicolon: Token![;],
}

/// One entry of the list of options: `NAME` or `NAME = VALUE`, perhaps inside `unsafe(..)`.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: Option<TokenStream>,
    /// Whether it stands inside `unsafe(..)`.
    pub(crate) is_unsafe: bool,
}

/// The options there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    Align,
    Uninit,
    Section,
    Buffer,
    Address,
    Listener,
    Crate,
}

impl Name {
    pub(crate) const ALL: [Self; 7] = [
        Self::Align,
        Self::Uninit,
        Self::Listener,
        Self::Crate,
        Self::Section,
        Self::Buffer,
        Self::Address,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Align => "align",
            Self::Uninit => "uninit",
            Self::Section => "section",
            Self::Buffer => "buffer",
            Self::Address => "address",
            Self::Listener => "listener",
            Self::Crate => "crate",
        }
    }

    /// The option with a value in its place, as it is to be written.
    pub(crate) const fn usage(self) -> &'static str {
        match self {
            Self::Align => "align = EXPR",
            Self::Uninit => "uninit",
            Self::Section => "unsafe(section = \"..\")",
            Self::Buffer => "unsafe(buffer = PATH)",
            Self::Address => "unsafe(address = EXPR)",
            Self::Listener => "listener = PATH",
            Self::Crate => "crate = PATH",
        }
    }

    /// The option without its value.
    pub(crate) const fn short(self) -> &'static str {
        match self {
            Self::Section => "unsafe(section)",
            Self::Buffer => "unsafe(buffer)",
            Self::Address => "unsafe(address)",
            Self::Align | Self::Uninit | Self::Listener | Self::Crate => self.word(),
        }
    }

    pub(crate) const fn takes_value(self) -> bool {
        !matches!(self, Self::Uninit)
    }

    /// Why the option must stand in `unsafe(..)`, where it must.
    pub(crate) const fn danger(self) -> Option<&'static str> {
        match self {
            Self::Section => Some("data in some sections is run as code"),
            Self::Buffer => Some("two allocators must not share a buffer"),
            Self::Address => Some("nothing else may use the memory at that address"),
            Self::Align | Self::Uninit | Self::Listener | Self::Crate => None,
        }
    }

    /// Whether the option says where the blocks lie; a definition can say it once.
    pub(crate) const fn places_buffer(self) -> bool {
        matches!(self, Self::Uninit | Self::Section | Self::Buffer | Self::Address)
    }
}

/// What of a definition is right, as far as that can be judged by its words.
pub(crate) struct Checked {
    pub(crate) item: Item,
    pub(crate) align: Align,
    pub(crate) placement: Placement,
    /// The function that is told of what the allocator does.
    pub(crate) listener: Option<Path>,
    pub(crate) runtime: Option<Path>,
}

/// What every block is aligned to.
pub(crate) enum Align {
    /// What every buffer is.
    Default,
    Written(TokenStream),
    /// No wrong one is to make another value wrong.
    Refused,
}

/// Where the blocks lie.
pub(crate) enum Placement {
    /// A static of the allocator's own, in `.bss`.
    Zeroed,
    /// A static of the allocator's own that start-up leaves alone.
    Uninit,
    /// A static of the allocator's own in the section of that name.
    Section(LitStr),
    /// The user's static.
    Buffer(Path),
    /// Memory at a fixed address.
    Address(TokenStream),
}
