<?php

namespace App\Http\Controllers;

use Illuminate\Http\JsonResponse;

/**
 * Menyebut commit yang sedang berjalan, agar dapat dibandingkan dengan commit yang disetujui.
 */
class VersiController extends Controller
{
    public function __invoke(): JsonResponse
    {
        return response()->json([
            'kasus' => config('layanan.kasus'),
            'commit' => config('layanan.commit'),
        ]);
    }
}
