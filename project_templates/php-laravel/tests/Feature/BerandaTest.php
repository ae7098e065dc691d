<?php

namespace Tests\Feature;

use Tests\TestCase;

class BerandaTest extends TestCase
{
    public function test_beranda_menyebut_nama_dan_pemilik_layanan(): void
    {
        $jawaban = $this->get('/');

        $jawaban->assertOk();
        $jawaban->assertSee(config('layanan.nama'));
        $jawaban->assertSee(config('layanan.pemilik'));
    }

    public function test_setiap_jawaban_membawa_tajuk_keamanan(): void
    {
        $this->get('/')->assertHeader('X-Content-Type-Options', 'nosniff');
    }
}
