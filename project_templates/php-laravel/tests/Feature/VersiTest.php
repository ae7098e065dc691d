<?php

namespace Tests\Feature;

use Tests\TestCase;

class VersiTest extends TestCase
{
    public function test_versi_menyebut_kasus_dan_commit_yang_berjalan(): void
    {
        config(['layanan.commit' => 'contoh']);

        $this->get('/versi')->assertOk()->assertJson([
            'kasus' => config('layanan.kasus'),
            'commit' => 'contoh',
        ]);
    }
}
