/** What stands where in memory, and what table entries hold. */
// Places in memory. Tables stand first; the caller's bytes begin at HEAP.
export const LENS: usize = 1024; // u8[320]: code lengths
export const SORTED: usize = 1408; // u16[320]: symbols by length of their code
export const COUNT: usize = 2048; // u16[16]
export const NEXT: usize = 2112; // u16[16]
export const LENGTHS: usize = 2304; // u32[32]: entries of length symbols
export const DISTANCES: usize = 2432; // u32[32]: entries of distance symbols
export const PRE: usize = 2560; // u32[128]: table of code lengths
export const ORDER: usize = 3072; // u8[20]
export const DT: usize = 4096; // u32[512 and second tables]
export const LT: usize = 12288; // u64[2048 and second tables]
export const HEAP: usize = 65536;

/** Bits that the first tables look at: literals and lengths, distances. */
export const LITERAL_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 9;

// Entries of all tables: bits 0–5 how many bits to take, extra bits included; 8–11 the bits of the codes among them;
// 13 there is a second table; 14 no symbol (payload 1: the end of the block); 16–31 payload: length, distance, or
// start of the second table. Those of literals and lengths besides: 12 nothing but literals; 32–47 literals; 48–49
// how many.
export const LITERAL: u32 = 1 << 12;
export const SECOND: u32 = 1 << 13;
export const EXCEPTION: u32 = 1 << 14;
