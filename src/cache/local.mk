# The cache: src/libcache.a, CACHE_LIBS.
CACHE_LIBS =
