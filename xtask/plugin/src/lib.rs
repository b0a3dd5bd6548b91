//! Writes each instruction that the emulated program runs, and each access to memory that it makes, to a file: a word of
//! eight bytes each, little-endian. The lower half is the address. In the upper half, the lowest byte says what it is (0:
//! an instruction, 1: a load, 2: a store), and the next one of how many bytes, as a power of two. A load or store follows
//! the instruction that makes it.
//!
//! Usage: `-plugin libqemu_trace.so,to=PATH`.
//!
//! The declarations are those of QEMU's `qemu-plugin.h` that are the same in all versions of the interface; no package of
//! Debian 12 has the header.

use std::{
    ffi::{CStr, c_char, c_int, c_uint, c_void},
    fs::File,
    io::{BufWriter, Write},
    ptr,
    sync::{Mutex, PoisonError},
};

/// The version of the interface. QEMU looks at it before it calls `qemu_plugin_install`.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name that QEMU looks for")]
pub static qemu_plugin_version: c_int = if cfg!(feature = "version-2") { 2 } else { 1 };

type Id = u64;
type OnBlock = extern "C" fn(Id, *mut Block);
type OnInstruction = extern "C" fn(c_uint, *mut c_void);
type OnAccess = extern "C" fn(c_uint, u32, u64, *mut c_void);
type OnExit = extern "C" fn(Id, *mut c_void);

/// A piece of translated code.
#[repr(C)]
pub struct Block {
    _opaque: [u8; 0],
}

#[repr(C)]
struct Instruction {
    _opaque: [u8; 0],
}

const NO_REGISTERS: c_int = 0;
const LOADS_AND_STORES: c_int = 3;

unsafe extern "C" {
    fn qemu_plugin_register_vcpu_tb_trans_cb(id: Id, call: OnBlock);
    fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    fn qemu_plugin_tb_get_insn(block: *const Block, at: usize) -> *mut Instruction;
    fn qemu_plugin_insn_vaddr(instruction: *const Instruction) -> u64;
    fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut Instruction,
        call: OnInstruction,
        flags: c_int,
        data: *mut c_void,
    );
    fn qemu_plugin_register_vcpu_mem_cb(
        instruction: *mut Instruction,
        call: OnAccess,
        flags: c_int,
        accesses: c_int,
        data: *mut c_void,
    );
    safe fn qemu_plugin_mem_is_store(info: u32) -> bool;
    safe fn qemu_plugin_mem_size_shift(info: u32) -> c_uint;
    fn qemu_plugin_register_atexit_cb(id: Id, call: OnExit, data: *mut c_void);
}

static FILE: Mutex<Option<BufWriter<File>>> = Mutex::new(None);

fn write(kind: u64, address: u64) {
    let mut file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let word = kind << 32 | address & 0xFFFF_FFFF;
    let written = file.as_mut().map(|file| file.write_all(&word.to_le_bytes()));
    if let Some(Err(error)) = written {
        eprintln!("qemu-trace: {error}");
        // Half a trace would be taken for a whole one.
        std::process::abort();
    }
}

extern "C" fn on_instruction(_core: c_uint, address: *mut c_void) {
    write(0, address.addr() as u64);
}

extern "C" fn on_access(_core: c_uint, info: u32, address: u64, _data: *mut c_void) {
    let kind = if qemu_plugin_mem_is_store(info) { 2 } else { 1 };
    write(kind | u64::from(qemu_plugin_mem_size_shift(info)) << 8, address);
}

extern "C" fn on_block(_id: Id, block: *mut Block) {
    // SAFETY: QEMU passes a block that is valid during this call.
    for at in 0..unsafe { qemu_plugin_tb_n_insns(block) } {
        // SAFETY: as above, and the block has as many instructions.
        let instruction = unsafe { qemu_plugin_tb_get_insn(block, at) };
        // SAFETY: as above.
        let address = unsafe { qemu_plugin_insn_vaddr(instruction) };
        let data = ptr::without_provenance_mut(usize::try_from(address).unwrap_or(0));
        // SAFETY: as above; the data is not a pointer that anybody follows.
        unsafe {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_instruction, NO_REGISTERS, data);
        }
        // SAFETY: as above.
        unsafe {
            qemu_plugin_register_vcpu_mem_cb(
                instruction,
                on_access,
                NO_REGISTERS,
                LOADS_AND_STORES,
                ptr::null_mut(),
            );
        }
    }
}

extern "C" fn on_exit(_id: Id, _data: *mut c_void) {
    let mut file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Err(error)) = file.take().map(|mut file| file.flush()) {
        eprintln!("qemu-trace: {error}");
        std::process::abort();
    }
}

/// Called by QEMU when it has loaded the plugin. Other than 0 is a failure, with which QEMU ends.
///
/// # Safety
///
/// `arguments` are `count` strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: Id,
    _info: *const c_void,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    let path = (0..usize::try_from(count).unwrap_or(0)).find_map(|at| {
        // SAFETY: the caller's promise.
        let argument = unsafe { CStr::from_ptr(*arguments.add(at)) };
        argument.to_str().ok()?.strip_prefix("to=")
    });
    let Some(path) = path else {
        eprintln!("qemu-trace: usage: to=PATH");
        return 1;
    };
    match File::create(path) {
        Ok(created) => {
            *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(BufWriter::new(created));
        }
        Err(error) => {
            eprintln!("qemu-trace: {path}: {error}");
            return 1;
        }
    }
    // SAFETY: QEMU's functions, with its own `id`.
    unsafe { qemu_plugin_register_vcpu_tb_trans_cb(id, on_block) };
    // SAFETY: as above.
    unsafe { qemu_plugin_register_atexit_cb(id, on_exit, ptr::null_mut()) };
    0
}
