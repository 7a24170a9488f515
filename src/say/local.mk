# What both front ends say: SAY_LIBS.
noinst_LIBRARIES += src/libsay.a
SAY_LIBS = src/libsay.a

src_libsay_a_SOURCES = src/say/say.c src/say/say.h
