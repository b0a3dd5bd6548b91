//! [`Definition`] to [`Checked`]: every rule that words alone can break is one function.
//!
//! A rule reports what breaks it and gives back what is right, so that one mistake does not hide
//! the next. Rules about values are checked by generated code, save where the value is a literal.

mod ty;
mod value;

use proc_macro2::{Span, TokenStream};

use value::{legal_alignment, legal_number, legal_path, legal_section, value_exactly_if_needed};

use crate::diagnostics::{Mistakes, expected_options};
use crate::model::{Align, Checked, Definition, Name, Placement, Setting};
use crate::scan;
use crate::written::written;

/// What the rules about words have to say of a definition.
pub(crate) enum Verdict {
    /// Everything that can be judged by its words is right.
    Right(Checked),
    Wrong {
        /// What of it is right.
        rest: Checked,
        /// Whether the compiler can be asked about values: the type may be that of an allocator, and
        /// the runtime crate may be where it is said to be.
        can_be_judged: bool,
        mistakes: Mistakes,
    },
}

/// Applies every rule; to the mistakes, those handed in belong.
pub(crate) fn check(mut definition: Definition, mut mistakes: Mistakes) -> Verdict {
    let found = &mut mistakes;
    is_static(&definition, found);
    is_not_mut(&definition, found);
    has_a_type(&definition, found);
    has_no_generics(&mut definition, found);
    let mut can_be_judged =
        ty::can_be_right(&mut definition, found) & has_no_initialiser(&definition, found);

    let settings = known(definition.settings, found);
    let settings = distinct(settings, found);
    for (name, setting) in &settings {
        is_unsafe_exactly_if_needed(*name, setting, found);
    }
    is_placed_once(&settings, found);

    let item = definition.item;
    let (align, placement) = (Align::Default, Placement::Zeroed);
    let mut checked = Checked { item, align, placement, listener: None, runtime: None };
    for (name, setting) in settings {
        let value = value_exactly_if_needed(name, setting, found);
        let Checked { align, placement, .. } = &mut checked;
        match (name, value) {
            (Name::Align, value) => {
                let legal = value
                    .and_then(|value| legal_number(name, value, found))
                    .and_then(|value| legal_alignment(value, found));
                *align = legal.map_or(Align::Refused, Align::Written);
            }
            (Name::Listener, value) => {
                checked.listener = value.and_then(|value| legal_path(name, &value, found));
            }
            (Name::Crate, value) => {
                checked.runtime = value.and_then(|value| legal_path(name, &value, found));
                can_be_judged &= checked.runtime.is_some();
            }
            (Name::Uninit, Some(_)) => *placement = Placement::Uninit,
            (Name::Section, Some(value)) => {
                if let Some(section) = legal_section(&value, found) {
                    *placement = Placement::Section(section);
                }
            }
            (Name::Buffer, Some(value)) => {
                if let Some(path) = legal_path(name, &value, found) {
                    *placement = Placement::Buffer(path);
                }
            }
            (Name::Address, Some(value)) => {
                if let Some(value) = legal_number(name, value, found) {
                    *placement = Placement::Address(value);
                }
            }
            (Name::Uninit | Name::Section | Name::Buffer | Name::Address, None) => {}
        }
    }
    // A type that is missing is no mistake of ours where the compiler has found it missing.
    if mistakes.is_empty() && can_be_judged {
        Verdict::Right(checked)
    } else {
        Verdict::Wrong { rest: checked, can_be_judged, mistakes }
    }
}

fn is_static(definition: &Definition, mistakes: &mut Mistakes) {
    let keyword = &definition.keyword;
    // The compiler has no attributes on statements yet, and has said so.
    let is_refused = definition.is_parsed && keyword == "let";
    if keyword != "static" && !is_refused {
        mistakes.report(
            keyword,
            format!("an allocator must be a `static`, found `{keyword}`; write `static`"),
        );
    }
}

fn is_not_mut(definition: &Definition, mistakes: &mut Mistakes) {
    if let Some(token) = &definition.mutability {
        let keyword = &definition.keyword;
        mistakes.report(token, format!("`{keyword} mut` is not supported; remove `mut`"));
    }
}

/// Forgets the type as well: it may name the parameters.
fn has_no_generics(definition: &mut Definition, mistakes: &mut Mistakes) {
    let generics = &definition.generics;
    if !generics.is_empty() && !definition.is_parsed {
        let name = &definition.item.name;
        mistakes.report(
            generics,
            format!(
                "a `static` has no generic parameters; remove `{}` after `{name}`",
                written(generics)
            ),
        );
        definition.item.ty = TokenStream::new();
    }
}

fn has_a_type(definition: &Definition, mistakes: &mut Mistakes) {
    let name = &definition.item.name;
    let is_reported = definition.is_type_reported || !definition.generics.is_empty();
    if definition.item.ty.is_empty() && !is_reported {
        mistakes.report(name, format!("missing type of `{name}`; write `{name}: MemBlocks<T, N>`"));
    }
}

/// Gives whether the type is worth a look: a `static` with a value and a type of another name is most
/// likely none of ours.
fn has_no_initialiser(definition: &Definition, mistakes: &mut Mistakes) -> bool {
    let initialiser = &definition.initialiser;
    if initialiser.is_empty() || definition.item.ty.is_empty() && definition.is_parsed {
        return true;
    }
    // What `expand` writes.
    if scan::mentions(initialiser, "__mem_blocks") {
        let message = "second `#[mem_blocks]` on one item, by another name; \
            write all options in one, `#[mem_blocks(..)]`";
        mistakes.report_at(Span::call_site(), message);
        return true;
    }
    let value = written(initialiser);
    let is_ours = scan::arguments(&definition.item.ty).is_some();
    let else_move = if is_ours { "" } else { ", or move the `static` out" };
    mistakes
        .report(initialiser, format!("the macro supplies the value; remove `{value}`{else_move}"));
    is_ours
}

/// Every option is one of those there are.
fn known(settings: Vec<Setting>, mistakes: &mut Mistakes) -> Vec<(Name, Setting)> {
    let mut known = Vec::new();
    for setting in settings {
        if let Some(name) = Name::ALL.into_iter().find(|name| setting.name == name.word()) {
            known.push((name, setting));
        } else {
            let name = setting.name.to_string();
            let expected = expected_options(&name);
            mistakes.report(&setting.name, format!("unexpected option `{name}`; {expected}"));
        }
    }
    known
}

/// No option is given twice.
fn distinct(settings: Vec<(Name, Setting)>, mistakes: &mut Mistakes) -> Vec<(Name, Setting)> {
    let mut distinct: Vec<(Name, Setting)> = Vec::new();
    for (name, setting) in settings {
        if distinct.iter().any(|(earlier, _)| *earlier == name) {
            mistakes.report(&setting.name, format!("duplicate `{}`; remove one", name.word()));
        } else {
            distinct.push((name, setting));
        }
    }
    distinct
}

fn is_unsafe_exactly_if_needed(name: Name, setting: &Setting, mistakes: &mut Mistakes) {
    let word = name.word();
    let usage = name.usage();
    match name.danger() {
        Some(danger) if !setting.is_unsafe => {
            mistakes.report(&setting.name, format!("`{word}` must be written `{usage}`: {danger}"));
        }
        None if setting.is_unsafe => {
            mistakes.report(
                &setting.name,
                format!("`{word}` needs no `unsafe`; write `{usage}` outside of `unsafe(..)`"),
            );
        }
        _ => {}
    }
}

/// At most one option says where the blocks lie.
fn is_placed_once(settings: &[(Name, Setting)], mistakes: &mut Mistakes) {
    let mut placing = settings.iter().filter(|(name, _)| name.places_buffer());
    let Some((first, _)) = placing.next() else {
        return;
    };
    for (other, setting) in placing {
        let [first, other] = [first.word(), other.word()];
        let message = format!(
            "`{other}` and `{first}` exclude one another: \
             each says where the blocks lie; remove one"
        );
        mistakes.report(&setting.name, message);
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{Verdict, check};
    use crate::parse::{self, Parsed};

    const POOL: &str = "static POOL: MemBlocks<[u8; 64], 4>;";

    /// The mistakes in a definition.
    fn mistakes(options: &str, item: &str) -> Vec<String> {
        let tokens = |text: &str| text.parse::<TokenStream>().expect("the text should be tokens");
        let judge = |parsed| match parsed {
            Parsed::Definition(definition, mistakes) => match check(*definition, mistakes) {
                Verdict::Right(_) => Vec::new(),
                Verdict::Wrong { mistakes, .. } => mistakes.messages(),
            },
            Parsed::Foreign(_, _, mistakes) => mistakes.messages(),
        };
        parse::attribute(tokens(options), tokens(item)).into_iter().flat_map(judge).collect()
    }

    #[track_caller]
    fn assert_mistakes(options: &str, expected: &[&str]) {
        assert_eq!(mistakes(options, POOL), expected);
    }

    #[test]
    fn legal_options_are_accepted() {
        for options in [
            "",
            "align = 4",
            "align = 0x40usize,",
            "align = CACHE_LINE",
            "align = { 2 * 2 }",
            "uninit, align = 536870912",
            "unsafe(section = \".sram2\", ), align = 4",
            "unsafe(section = r\".sram2\")",
            "unsafe(buffer = crate::memory::BUFFER)",
            "unsafe(buffer = ::board::BUFFER)",
            "unsafe(address = BASE + 4)",
            "listener = trace",
            "uninit, listener = ::board::Trace::listen,",
            "crate = self::hal::mem_blocks",
            "crate = crate",
        ] {
            assert_mistakes(options, &[]);
        }
    }

    #[test]
    fn align_literals_are_powers_of_two_of_at_most_2_to_the_29() {
        assert_mistakes("align = 0", &["`align` must be a power of two, found `0`"]);
        assert_mistakes("align = 24usize", &["`align` must be a power of two, found `24usize`"]);
        for align in ["1073741824", "340282366920938463463374607431768211456"] {
            let expected = format!("`align` must be at most 536870912 (2^29), found `{align}`");
            assert_mistakes(&format!("align = {align}"), &[&expected]);
        }
    }

    #[test]
    fn align_literals_have_the_limit_of_the_runtime_crate() {
        const LARGEST: usize = 1 << 29;
        assert_eq!(align_of::<mem_blocks::BlockBuffer<u8, 0, LARGEST>>(), LARGEST);
        assert_mistakes(&format!("align = {LARGEST}"), &[]);
    }

    #[test]
    fn what_the_compiler_says_better_is_left_to_it() {
        for options in ["align = -4 + 8", "align = LINE", "align = 1 + 2"] {
            assert_mistakes(options, &[]);
        }
        for ty in [
            "Frames",
            "(MemBlocks<u8, 4>)",
            "::a::B",
            "<A as B>::C",
            "a!()",
            "MemBlocks<u8, { let _ = 1; 4 }>",
            "MemBlocks<u8, 18446744073709551615>",
        ] {
            let item = format!("static POOL: {ty};");
            assert!(mistakes("", &item).is_empty(), "{ty}");
        }
        assert!(mistakes("", "static POOL<T>: MemBlocks<[u8; 64], 4>;").is_empty());
        assert!(mistakes("", "static POOL;").is_empty());
    }

    #[test]
    fn types_of_another_form_than_a_path_are_refused() {
        for ty in [
            "&'static A",
            "*const A",
            "[A; 4]",
            "[A]",
            "()",
            "(A, B)",
            "(A,)",
            "!",
            "dyn A",
            "impl A",
            "fn()",
            "unsafe fn()",
            "extern \"C\" fn()",
            "_",
            "4",
            "{ A }",
            "(&A)",
        ] {
            let item = format!("static POOL: {ty};");
            let expected =
                format!("the type of an allocator must be a `MemBlocks` itself, found `{ty}`");
            assert_eq!(mistakes("", &item), [expected]);
        }
    }

    #[test]
    fn placeholders_and_impossible_numbers_are_refused() {
        for (ty, message) in [
            ("MemBlocks<_, 4>", "the type of an allocator must be written in full, found `_`"),
            (
                "MemBlocks<[u8; _], 4>",
                "the type of an allocator must be written in full, found `_`",
            ),
            (
                "MemBlocks<u8, 18446744073709551616>",
                "the number of blocks must be a `usize`, found `18446744073709551616`, which is larger",
            ),
        ] {
            assert_eq!(mistakes("", &format!("static POOL: {ty};")), [message]);
        }
    }

    #[test]
    fn literals_of_another_kind_are_refused() {
        for literal in ["\"4\"", "-4", "4.0", "4u8", "true", "'4'", "b\"4\"", "-4usize"] {
            for option in ["align", "address"] {
                let expected = format!("`{option}` must be a `usize`, found `{literal}`");
                let found = mistakes(&format!("unsafe({option} = {literal})"), POOL);
                assert!(found.contains(&expected), "{found:?}");
            }
        }
        let large = "unsafe(address = 18446744073709551616)";
        assert_eq!(
            mistakes(large, POOL),
            ["`address` must be a `usize`, found `18446744073709551616`, which is larger"]
        );
        assert!(mistakes("unsafe(address = 18446744073709551615)", POOL).is_empty());
    }

    #[test]
    fn a_duplicate_is_reported_once_and_its_value_ignored() {
        assert_mistakes("align = 4, align = 3", &["duplicate `align`; remove one"]);
        assert_mistakes("listener = a, listener = 4", &["duplicate `listener`; remove one"]);
    }

    #[test]
    fn a_listener_needs_no_unsafe() {
        assert_mistakes(
            "unsafe(listener = trace)",
            &["`listener` needs no `unsafe`; write `listener = PATH` outside of `unsafe(..)`"],
        );
    }

    #[test]
    fn unsafe_around_a_value_is_one_mistake() {
        assert_mistakes(
            "section = unsafe(\".a\")",
            &[
                "`section` must be written `unsafe(section = \"..\")`: data in some sections is run as code",
            ],
        );
    }

    #[test]
    fn a_listener_that_is_no_path_of_a_function_is_refused() {
        for value in
            ["|_, _ | {}", "\"trace\"", "4", "trace::<4>", "trace()", "&trace", "<A as B>::f"]
        {
            let expected = format!(
                "`listener` must be the path of a function, found `{value}`; \
                 declare a `fn(&RawMemBlocks, Event<'_>)` and name it here"
            );
            assert_mistakes(&format!("listener = {value}"), &[&expected]);
        }
    }

    #[test]
    fn a_listener_places_nothing() {
        for place in
            ["uninit", "unsafe(section = \"a\")", "unsafe(buffer = B)", "unsafe(address = 4)"]
        {
            assert_mistakes(&format!("listener = trace, {place}"), &[]);
        }
    }

    #[test]
    fn section_takes_no_suffix() {
        assert_mistakes("unsafe(section = \".a\"b)", &["`section` takes no suffix; remove `b`"]);
    }

    #[test]
    fn every_later_placement_is_reported() {
        assert_mistakes(
            "uninit, unsafe(section = \"a\", address = 4)",
            &[
                "`section` and `uninit` exclude one another: each says where the blocks lie; remove one",
                "`address` and `uninit` exclude one another: each says where the blocks lie; remove one",
            ],
        );
    }

    #[test]
    fn one_mistake_does_not_hide_another() {
        let found = mistakes("align = 3, colour", "static mut POOL: MemBlocks<u8, 4> = 4;");
        assert_eq!(found.len(), 4, "{found:#?}");
    }

    #[test]
    fn an_option_without_its_value_is_one_mistake() {
        assert_mistakes("align", &["`align` needs a value; write `align = EXPR`"]);
        assert_mistakes("listener", &["`listener` needs a value; write `listener = PATH`"]);
        assert_mistakes(
            "section",
            &[
                "`section` must be written `unsafe(section = \"..\")`: data in some sections is run as code",
            ],
        );
        assert_mistakes(
            "unsafe(section)",
            &["`section` needs a value; write `unsafe(section = \"..\")`"],
        );
    }
}
