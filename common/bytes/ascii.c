/*
 * ascii.c - the one table behind ascii.h.
 */
#include "bytes/ascii.h"

/* Short names, so that the table below can be read in rows of eight. */
enum {
	C = ASCII_CTL,
	D = ASCII_DIGIT | ASCII_HEX | ASCII_TCHAR | ASCII_UNRESERVED |
	    ASCII_ATEXT,
	L = ASCII_ALPHA | ASCII_TCHAR | ASCII_UNRESERVED | ASCII_ATEXT,
	H = L | ASCII_HEX,
	T = ASCII_TCHAR | ASCII_ATEXT,      /* # % ^ ` | */
	U = T | ASCII_UNRESERVED,           /* - _ ~ */
	S = T | ASCII_SUBDELIM,             /* ! $ & ' * + */
	B = ASCII_SUBDELIM,                 /* ( ) , ; */
	E = ASCII_SUBDELIM | ASCII_ATEXT,   /* = */
	F = ASCII_ATEXT,                    /* / ? { } */
	P = ASCII_TCHAR | ASCII_UNRESERVED, /* . */
};

/* clang-format off */
const uint8_t ascii_table[256] = {
	C, C, C, C, C, C, C, C,	/* 00  . . . . . . . . */
	C, C, C, C, C, C, C, C,	/* 08  . . . . . . . . */
	C, C, C, C, C, C, C, C,	/* 10  . . . . . . . . */
	C, C, C, C, C, C, C, C,	/* 18  . . . . . . . . */
	0, S, 0, T, S, T, S, S,	/* 20  SP ! " # $ % & ' */
	B, B, S, S, B, U, P, F,	/* 28  ( ) * + , - . / */
	D, D, D, D, D, D, D, D,	/* 30  0 1 2 3 4 5 6 7 */
	D, D, 0, B, 0, E, 0, F,	/* 38  8 9 : ; < = > ? */
	0, H, H, H, H, H, H, L,	/* 40  @ A B C D E F G */
	L, L, L, L, L, L, L, L,	/* 48  H I J K L M N O */
	L, L, L, L, L, L, L, L,	/* 50  P Q R S T U V W */
	L, L, L, 0, 0, 0, T, U,	/* 58  X Y Z [ \ ] ^ _ */
	T, H, H, H, H, H, H, L,	/* 60  ` a b c d e f g */
	L, L, L, L, L, L, L, L,	/* 68  h i j k l m n o */
	L, L, L, L, L, L, L, L,	/* 70  p q r s t u v w */
	L, L, L, F, T, F, U, C,	/* 78  x y z { | } ~ . */
	/* 128 to 255 are in no class. */
};
/* clang-format on */
