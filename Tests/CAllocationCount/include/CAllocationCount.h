#ifndef RHEI_ALLOCATION_COUNT_H
#define RHEI_ALLOCATION_COUNT_H

/// Bytes that malloc and its kin have handed out and not got back, in the whole process. Zero where it cannot be counted:
/// outside of glibc and under a sanitizer, which counts by itself.
long rhei_live_allocation_bytes(void);

/// The highest value of the live bytes since the last reset.
long rhei_peak_allocation_bytes(void);

/// How often malloc and its kin have handed out memory, in the whole process. Zero where it cannot be counted.
long rhei_allocation_count(void);

/// Lets the peak begin at the bytes that are live now.
void rhei_reset_allocation_peak(void);

#endif
