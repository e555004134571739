import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { sniff } from '../../src/media/index.ts'
import { be, bytesOf, le, zeros } from './bytes-of.ts'

const ftyp = (major: string, ...compatible: string[]) =>
  bytesOf(be(16 + 4 * compatible.length, 4), 'ftyp', major, zeros(4), ...compatible, zeros(40))
const riff = (form: string) => bytesOf('RIFF', le(100, 4), form, zeros(92))
const ebml = (docType: string) =>
  bytesOf('\x1aE\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82', 0x80 | docType.length, docType, zeros(40))
const ogg = (packet: string) => bytesOf('OggS\0\x02', zeros(20), 1, packet.length, packet, zeros(20))
const utf16 = (text: string) =>
  bytesOf(0xff, 0xfe, ...Array.from(text, (letter) => le(letter.charCodeAt(0), 2)))
const png = (...chunks: string[]) =>
  bytesOf(
    '\x89PNG\r\n\x1a\n',
    be(13, 4),
    'IHDR',
    zeros(17),
    ...chunks.map((name) => bytesOf(be(8, 4), name, zeros(12))),
  )
/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. */
const mp3 = bytesOf(0xff, 0xfb, 0x90, 0x00, zeros(413))
/** AAC-LC, 44.1 kHz, stereo, 30 bytes. */
const adts = bytesOf(0xff, 0xf1, 0x50, 0x80, 0x03, 0xdf, 0xfc, zeros(23))

describe('what is known by its bytes', () => {
  test.each<[string, string, Uint8Array]>([
    ['image/jpeg', 'JFIF', bytesOf('\xff\xd8\xff\xe0\0\x10JFIF\0')],
    ['image/jpeg', 'without any application segment', bytesOf('\xff\xd8\xff\xdb\0\x43')],
    ['image/png', 'still', png('IDAT', 'IEND')],
    ['image/png', 'with acTL too late', png('IDAT', 'acTL', 'IEND')],
    ['image/apng', 'with acTL before its data', png('gAMA', 'acTL', 'IDAT')],
    ['image/gif', '87a', bytesOf('GIF87a', zeros(20))],
    ['image/gif', '89a', bytesOf('GIF89a', zeros(20))],
    ['image/webp', 'lossy', riff('WEBP')],
    ['image/heic', 'iPhone', ftyp('heic', 'mif1', 'heic')],
    ['image/heic', 'general major brand', ftyp('mif1', 'mif1', 'heic')],
    ['image/heic', 'sequence', ftyp('hevc', 'msf1', 'heic')],
    ['image/heif', 'coding unknown', ftyp('mif1', 'mif1')],
    ['image/avif', 'still', ftyp('avif', 'mif1', 'miaf')],
    ['image/avif', 'general major brand', ftyp('mif1', 'avif')],
    ['image/avif', 'sequence', ftyp('avis', 'avif', 'msf1')],
    ['image/bmp', 'Windows 3', bytesOf('BM', le(1000, 4), zeros(4), le(54, 4), le(40, 4), zeros(36))],
    ['image/bmp', 'OS/2', bytesOf('BM', le(1000, 4), zeros(4), le(26, 4), le(12, 4), zeros(8))],
    ['image/vnd.wap.wbmp', '9 x 2', bytesOf(0, 0, 9, 2, zeros(4))],
    ['image/vnd.wap.wbmp', '200 x 1', bytesOf(0, 0, 0x81, 0x48, 1, zeros(25))],
    ['image/tiff', 'little-endian', bytesOf('II*\0', le(8, 4), zeros(20))],
    ['image/tiff', 'big-endian', bytesOf('MM\0*', be(8, 4), zeros(20))],
    ['application/pdf', '1.7', bytesOf('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
    ['text/x-vCard', '3.0', bytesOf('BEGIN:VCARD\r\nVERSION:3.0\r\n')],
    ['text/x-vCard', 'small letters after an empty line', bytesOf('\r\nbegin:vcard\nversion:4.0\n')],
    ['text/x-vCard', 'in Latin-1', bytesOf('BEGIN:VCARD\r\nFN:Ren\xe9\r\n')],
    ['text/calendar', 'iCalendar', bytesOf('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')],
    ['application/smil', 'bare', bytesOf('<smil><head/></smil>')],
    [
      'application/smil',
      'behind a declaration',
      bytesOf('<?xml version="1.0"?>\n<!-- x -->\n<smil xmlns="a">'),
    ],
    [
      'application/smil',
      'behind a document type',
      bytesOf('<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "x">\n<smil>'),
    ],
    ['text/plain', 'words', bytesOf('Hello there,\r\nhow are you?')],
    ['text/plain', 'UTF-8', new TextEncoder().encode('Grüße, мир, 世界 👋')],
    ['text/plain', 'with a byte order mark', bytesOf('\xef\xbb\xbfHello')],
    ['text/plain', 'UTF-16', utf16('Hello')],
    ['text/plain', 'white space alone', bytesOf(' \r\n')],
    ['text/plain', 'a heart', bytesOf('<3 you')],
    ['text/plain', 'that begins with the letters of a program', bytesOf('MZ means Mark Zbikowski')],
    ['text/plain', 'that begins with the letters of an archive', bytesOf('BZh is bzip2')],
    ['text/plain', 'a telephone number that begins like cpio', bytesOf('0707015550123')],
    ['text/plain', 'a comparison', bytesOf('< 10 minutes')],
    ['video/mp4', 'isom', ftyp('isom', 'iso2', 'avc1', 'mp41')],
    ['video/mp4', 'mp42', ftyp('mp42', 'isom', 'mp42')],
    ['video/mp4', 'iTunes', ftyp('M4V ', 'mp42')],
    ['video/mp4', 'fragmented', ftyp('iso5', 'iso6')],
    ['video/mp4', 'unknown brand with a known one beside it', ftyp('XYZ1', 'isom')],
    ['video/quicktime', 'qt', ftyp('qt  ', 'qt  ')],
    ['video/quicktime', 'before ftyp: moov first', bytesOf(be(16, 4), 'moov', zeros(8), be(8, 4), 'mdat')],
    ['video/quicktime', 'before ftyp: wide, mdat', bytesOf(be(8, 4), 'wide', be(5000, 4), 'mdat', zeros(30))],
    ['video/3gpp', 'release 4', ftyp('3gp4', '3gp4')],
    ['video/3gpp', 'release 6 general', ftyp('3gg6', 'isom')],
    ['video/3gpp2', '3g2a', ftyp('3g2a', '3g2a')],
    ['video/3gpp2', 'KDDI', ftyp('KDDI', '3g2a')],
    ['audio/mp4', 'M4A', ftyp('M4A ', 'mp42')],
    ['video/webm', 'EBML', ebml('webm')],
    ['video/x-matroska', 'EBML', ebml('matroska')],
    ['video/x-msvideo', 'RIFF', riff('AVI ')],
    ['video/mpeg', 'program stream', bytesOf(0, 0, 1, 0xba, 0x44, zeros(20))],
    ['video/ogg', 'Theora', ogg('\x80theora')],
    ['audio/ogg', 'Vorbis', ogg('\x01vorbis')],
    ['audio/ogg', 'Opus', ogg('OpusHead')],
    ['audio/mpeg', 'two frames', bytesOf(mp3, mp3)],
    ['audio/mpeg', 'one frame that reaches the end', bytesOf(mp3)],
    ['audio/mpeg', 'ID3v2 and frames', bytesOf('ID3\x04\0\0\0\0\0\x0a', zeros(10), mp3, mp3)],
    ['audio/mpeg', 'ID3v2 longer than what is looked at', bytesOf('ID3\x03\0\0\0\x02\0\0', zeros(5000))],
    ['audio/aac', 'ADTS', bytesOf(adts, adts)],
    ['audio/aac', 'ADTS behind ID3', bytesOf('ID3\x04\0\0\0\0\0\x02', zeros(2), adts, adts)],
    ['audio/aac', 'ADIF', bytesOf('ADIF', zeros(20))],
    ['audio/amr', 'narrow band', bytesOf('#!AMR\n<', zeros(31))],
    ['audio/amr-wb', 'wide band', bytesOf('#!AMR-WB\n', zeros(31))],
    ['audio/wav', 'RIFF', riff('WAVE')],
    ['audio/wav', 'RF64', bytesOf('RF64\xff\xff\xff\xffWAVEds64')],
    ['audio/flac', 'stream', bytesOf('fLaC\0\0\0\x22')],
    ['audio/midi', 'format 1', bytesOf('MThd\0\0\0\x06\0\x01\0\x02\0\x60')],
    ['audio/midi', 'in RIFF', riff('RMID')],
    ['audio/qcelp', 'QCP', riff('QLCM')],
    ['audio/x-caf', 'CAF', bytesOf('caff\0\x01\0\0desc')],
  ])('%s: %s', (type, _what, bytes) => {
    expect(sniff(bytes)).toMatchObject({ outcome: 'known', type })
  })

  test.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)(
    '%s as a real encoder writes it',
    async (format) => {
      const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: '#a06' } })
      expect(sniff(await picture.toFormat(format).toBuffer())).toMatchObject({
        outcome: 'known',
        type: `image/${format}`,
      })
    },
  )
})

describe('what never passes', () => {
  test.each<[string, string, Uint8Array]>([
    ['html', 'document type', bytesOf('<!DOCTYPE html><html></html>')],
    ['html', 'white space and small letters first', bytesOf('\n\n  <html lang=en>')],
    ['html', 'comment first', bytesOf('<!-- hello --><body onload=alert(1)>')],
    ['html', 'a script element', bytesOf('<script>alert(1)</script>')],
    ['html', 'a picture element', bytesOf('<img src=x onerror=alert(1)>')],
    ['html', 'a paragraph', bytesOf('<p>Hello')],
    ['html', 'byte order mark', bytesOf('\xef\xbb\xbf<html>')],
    ['html', 'UTF-16', utf16('<html><script>')],
    [
      'html',
      'XHTML behind a declaration',
      bytesOf('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="a">'),
    ],
    ['html', 'with a picture behind it', bytesOf('<html><script>', 0xff, 0xd8, 0xff, 0, 1, 2)],
    ['html', 'an unclosed comment', bytesOf('<!-- never closed')],
    ['svg', 'bare', bytesOf('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    [
      'svg',
      'declaration, comment, document type',
      bytesOf('<?xml version="1.0"?>\n<!-- made -->\n<!DOCTYPE svg PUBLIC "a" "b">\n<svg>'),
    ],
    ['svg', 'with a prefix', bytesOf('<?xml version="1.0"?><svg:svg xmlns:svg="a">')],
    ['xml', 'feed', bytesOf('<?xml version="1.0"?><rss version="2.0">')],
    ['script', 'shell', bytesOf('#!/bin/sh\nrm -rf /\n')],
    ['script', 'batch', bytesOf('@echo off\r\ndel *.*\r\n')],
    ['script', 'PHP', bytesOf('<?php system($_GET[0]); ?>')],
    ['script', 'server page', bytesOf('<%@ page import="java.io.*" %>')],
    ['script', 'JavaScript, strict', bytesOf('"use strict";\nalert(1)')],
    ['script', 'JavaScript function', bytesOf('(function () { alert(1) })()')],
    ['script', 'JavaScript module', bytesOf('import { a } from "b"\n')],
    ['script', 'JavaScript constant', bytesOf('const a = 1;\n')],
    ['script', 'PowerShell', bytesOf('$client = New-Object Net.WebClient')],
    ['script', 'Visual Basic', bytesOf('Set shell = CreateObject("WScript.Shell")')],
    ['script', 'registry', bytesOf('Windows Registry Editor Version 5.00\r\n')],
    ['script', 'shortcut', bytesOf('[InternetShortcut]\r\nURL=http://x/\r\n')],
    ['script', 'PostScript', bytesOf('%!PS-Adobe-3.0\n')],
    ['executable', 'Windows', bytesOf('MZ\x90\0\x03\0\0\0')],
    ['executable', 'Linux', bytesOf('\x7fELF\x02\x01\x01\0')],
    ['executable', 'macOS', bytesOf('\xcf\xfa\xed\xfe\x07\0\0\x01')],
    ['executable', 'Java', bytesOf('\xca\xfe\xba\xbe\0\0\x004')],
    ['executable', 'Android', bytesOf('dex\n035\0')],
    ['executable', 'WebAssembly', bytesOf('\0asm\x01\0\0\0')],
    ['executable', 'Windows link', bytesOf('L\0\0\0\x01\x14\x02\0\0\0\0\0')],
    ['executable', 'Flash', bytesOf('CWS\x0a\x01\0\0\0')],
    ['archive', 'zip', bytesOf('PK\x03\x04\x14\0')],
    ['archive', 'empty zip', bytesOf('PK\x05\x06', zeros(18))],
    ['archive', 'rar', bytesOf('Rar!\x1a\x07\x01\0')],
    ['archive', '7z', bytesOf("7z\xbc\xaf'\x1c\0\x04")],
    ['archive', 'gzip', bytesOf('\x1f\x8b\x08\0\0\0')],
    ['archive', 'bzip2', bytesOf('BZh91AY&SY\x01')],
    ['archive', 'xz', bytesOf('\xfd7zXZ\0\0\x04')],
    ['archive', 'zstd', bytesOf('(\xb5/\xfd\0\0')],
    ['archive', 'tar', bytesOf('a.txt', zeros(252), 'ustar\x0000')],
    ['archive', 'cabinet', bytesOf('MSCF\0\0\0\0')],
    ['archive', 'Debian package', bytesOf('!<arch>\ndebian-binary   ')],
    ['archive', 'help file', bytesOf('ITSF\x03\0\0\0')],
    ['office', 'Word 97', bytesOf('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
    ['office', 'RTF', bytesOf('{\\rtf1\\ansi')],
  ])('%s: %s', (kind, _what, bytes) => {
    expect(sniff(bytes)).toEqual({ outcome: 'forbidden', kind })
  })

  test('a docx is an archive like any zip', () => {
    const docx = bytesOf('PK\x03\x04\x14\0\x06\0', zeros(22), '[Content_Types].xml')
    expect(sniff(docx)).toMatchObject({ outcome: 'forbidden' })
  })
})

describe('what nobody knows', () => {
  test.each<[string, Uint8Array]>([
    ['random bytes', bytesOf(0x93, 0x11, 0xfe, 0x01, 0x00, 0x77)],
    ['Latin-1 letters without a mark', bytesOf('Ren\xe9 est l\xe0')],
    ['text with a control character', bytesOf('Hello\x01there')],
    ['an icon', bytesOf(0, 0, 1, 0, 1, 0, zeros(40))],
    ['JPEG 2000', ftyp('jp2 ', 'jp2 ')],
    ['JPEG XL', bytesOf(0xff, 0x0a, zeros(20))],
    ['a BM that is no bitmap', bytesOf('BM', le(1000, 4), le(7, 4), le(54, 4), le(40, 4))],
    ['one sync word of MPEG without a second', bytesOf(mp3, zeros(100))],
    ['a wireless bitmap of another length', bytesOf(0, 0, 9, 2, zeros(5))],
    ['a box that is no movie', bytesOf(be(16, 4), 'mdat', zeros(8), be(8, 4), 'evil')],
  ])('%s', (_what, bytes) => {
    expect(sniff(bytes)).toEqual({ outcome: 'unknown' })
  })

  test('nothing at all is empty', () => {
    expect(sniff(new Uint8Array())).toEqual({ outcome: 'empty' })
  })
})

describe('whatever the bytes', () => {
  test('an answer comes, and only the first 4096 are looked at', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        (bytes, tail) => {
          expect(sniff(bytes)).toHaveProperty('outcome')
          const head = bytesOf('\xff\xd8\xff\xe0', zeros(4092))
          expect(sniff(bytesOf(head, tail))).toEqual(sniff(head))
        },
      ),
    )
  })

  test('a signature followed by anything does not throw', () => {
    const starts = [
      'RIFF',
      'OggS\0',
      '\x1aE\xdf\xa3',
      'BM',
      'ID3\x04',
      '\xff\xfb\x90',
      '\0\0\0\x18ftyp',
      '\x89PNG\r\n\x1a\n',
      '<?xml',
      '<!--',
      '<!DOCTYPE ',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        expect(sniff(bytesOf(start, rest))).toHaveProperty('outcome')
      }),
      { numRuns: 500 },
    )
  })
})
