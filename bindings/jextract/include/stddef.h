/* What oneDNN's headers need of <stddef.h>, with types of the same width on every 64-bit platform. */
#ifndef GATUN_STDDEF_H
#define GATUN_STDDEF_H
typedef unsigned long long size_t;
#define NULL ((void *)0)
#endif
