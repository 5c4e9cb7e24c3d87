/* What oneDNN's headers need of <stdint.h>, with types of the same width on every 64-bit platform. */
#ifndef GATUN_STDINT_H
#define GATUN_STDINT_H
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define INT32_MIN (-2147483647 - 1)
#define INT64_MIN (-9223372036854775807LL - 1)
#endif
