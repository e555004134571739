// What src/media/formats/avif asks of dav1d: a stream opened, fed one access unit after the other, and the picture that
// came of the last one, in place.

#include <dav1d/dav1d.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

static Dav1dContext *context;
static Dav1dPicture picture;

static void keep(const uint8_t *data, void *cookie) {
  (void)data;
  (void)cookie;
}

/** Memory for an access unit. */
void *EXPORT(unit_alloc)(size_t bytes) { return malloc(bytes); }

void EXPORT(unit_free)(void *unit) { free(unit); }

/** Opens a stream whose pictures have at most so many pixels; 0 when it is open. */
int EXPORT(stream_open)(unsigned most_pixels) {
  Dav1dSettings settings;
  dav1d_default_settings(&settings);
  settings.n_threads = 1;
  settings.max_frame_delay = 1;
  settings.all_layers = 0;
  settings.frame_size_limit = most_pixels;
  return dav1d_open(&context, &settings);
}

void EXPORT(stream_close)(void) {
  if (picture.data[0]) dav1d_picture_unref(&picture);
  if (context) dav1d_close(&context);
}

/** Decodes an access unit: 1 when a picture came of it, 0 when none did, else dav1d's error. */
int EXPORT(stream_decode)(const uint8_t *unit, size_t bytes) {
  Dav1dData data = {0};
  if (picture.data[0]) dav1d_picture_unref(&picture);
  int result = dav1d_data_wrap(&data, unit, bytes, keep, NULL);
  if (result < 0) return result;
  int came = 0;
  do {
    result = dav1d_send_data(context, &data);
    if (result < 0 && result != DAV1D_ERR(EAGAIN)) break;
    Dav1dPicture next = {0};
    while (!(result = dav1d_get_picture(context, &next))) {
      if (picture.data[0]) dav1d_picture_unref(&picture);
      picture = next;
      memset(&next, 0, sizeof next);
      came = 1;
    }
    if (result != DAV1D_ERR(EAGAIN)) break;
  } while (data.sz > 0);
  if (data.sz > 0) dav1d_data_unref(&data);
  return came ? 1 : result == DAV1D_ERR(EAGAIN) ? 0 : result;
}

/** Of the last picture: 0 width, 1 height, 2 layout (0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4), 3 bits a sample. */
int EXPORT(picture_fact)(int which) {
  const int facts[] = {picture.p.w, picture.p.h, picture.p.layout, picture.p.bpc};
  return facts[which & 3];
}

void *EXPORT(picture_plane)(int which) { return picture.data[which]; }

int EXPORT(picture_stride)(int which) { return (int)picture.stride[which > 0]; }
