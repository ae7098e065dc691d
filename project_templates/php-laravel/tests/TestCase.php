<?php

namespace Tests;

use Illuminate\Encryption\Encrypter;
use Illuminate\Foundation\Testing\TestCase as BaseTestCase;

abstract class TestCase extends BaseTestCase
{
    protected function setUp(): void
    {
        parent::setUp();

        // Kunci sekali pakai: tidak ada kunci yang tersimpan di repositori.
        $kunci = Encrypter::generateKey(config('app.cipher'));
        config(['app.key' => 'base64:'.base64_encode($kunci)]);
    }
}
